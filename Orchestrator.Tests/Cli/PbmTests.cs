using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Cli.Inspection.Interactive;
using Orchestrator.Tests.Api;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Cli;

/// <summary><c>pbm</c>: its palettes, its prompt, and commands read from a pipe.</summary>
public sealed class PbmTests : IAsyncLifetime
{
    private readonly Orc _orc = new();
    private ApiNode _node = null!;

    public async Task InitializeAsync()
    {
        _node = await ApiNode.StartAsync();
        _orc.Environment["ORC_DATA"] = _node.Data;
        _orc.Environment["XDG_STATE_HOME"] = _orc.Home;
    }

    public async Task DisposeAsync()
    {
        _orc.Dispose();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task It_takes_the_address_first_and_its_palettes_are_commands_of_orc_too()
    {
        await _node.SpawnReadyAsync("a1");
        string address = $"127.0.0.1:{_node.Address.Port}";
        Assert.Matches(@"(?m)^n1 \* +up ", (await _orc.RunAsync("pbm", address, "cluster", "show")).Expect(0));
        Assert.Contains("agent/a1", (await _orc.RunAsync("actor", "hierarchy", "--kind", "agent")).Expect(0), StringComparison.Ordinal);
        Assert.Contains("64 of 64 here", (await _orc.RunAsync("cluster", "status")).Expect(0), StringComparison.Ordinal);
        Assert.Matches(@"(?m)^agent +1 +1 +1 ", (await _orc.RunAsync("cluster-sharding", "list-regions")).Expect(0));
        Assert.Single((await _orc.RunAsync("cluster-sharding", "region-stats", "agent")).Expect(0).Split('\n'), static line => line.Contains("owned", StringComparison.Ordinal));
        Assert.Contains("\"name\": \"a1\"", (await _orc.RunAsync("cluster-sharding", "entity", "agent/a1")).Expect(0), StringComparison.Ordinal);
        Assert.Contains("runtime.state-read.v1", (await _orc.RunAsync("actor", "ask", "agent/a1", "runtime.read-state.v1")).Expect(0), StringComparison.Ordinal);
        (await _orc.RunAsync("actor", "ask", "agent/a1", "agent.registered.v1")).Expect(1);
        (await _orc.RunAsync("actor", "ask", "agent/a1", "runtime.read-state.v1", "{")).Expect(2);
        (await _orc.RunAsync("inbox", "ls", "agent/a1")).Expect(0);
        Assert.Contains("agent.registered.v1", (await _orc.RunAsync("journal", "show", "agent/a1")).Expect(0), StringComparison.Ordinal);
        Assert.Contains("illegal-state", (await _orc.RunAsync("cluster", "leave", "--json")).Fails(1), StringComparison.Ordinal);
        using var cluster = JsonDocument.Parse((await _orc.RunAsync("pbm", address, "cluster", "show", "--json")).Expect(0));
        Assert.Equal("n1", cluster.RootElement.GetProperty("self").GetString());
    }

    [Fact]
    public async Task The_log_is_that_of_the_node()
    {
        _node.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Some.Part").LogError("it broke, password=hunter2");
        var output = (await _orc.RunAsync("pbm", "log", "peek", "--level", "error")).Expect(0);
        Assert.Matches(@"^\d\d:\d\d:\d\d\.\d{3}  error +Part: it broke, password=\(redacted\)\n$", output);
    }

    [Fact]
    public async Task Without_a_terminal_it_reads_lines_and_ends_with_the_code_of_the_first_that_failed()
    {
        var good = await _orc.RunWithInputAsync("# a look\n\ncluster status\npbm hocon get orchestrator.node.name\n", "pbm");
        Assert.EndsWith("n1\n", good.Expect(0), StringComparison.Ordinal);
        Assert.DoesNotContain("pbm>", good.Output, StringComparison.Ordinal);
        var bad = await _orc.RunWithInputAsync("hocon get orchestrator.nothing\nfrobnicate\nactor 'unclosed\nhocon get orchestrator.node.name\nexit\ncluster status\n", "pbm");
        Assert.Equal("n1\n", bad.Expect(1));
        Assert.Equal(string.Empty, (await _orc.RunWithInputAsync(string.Empty, "pbm")).Expect(0));
    }

    [Fact]
    public async Task On_a_terminal_it_completes_keeps_a_history_of_its_own_and_Ctrl_C_ends_the_command_only()
    {
        await _node.SpawnReadyAsync("a1");
        await using var terminal = new TerminalServer();
        var history = Path.Combine(_orc.Home, "orchestrator", "pbm-history");
        await terminal.StartAsync("keeper", "cat");
        await terminal.StartAsync("t", "env", $"ORC_DATA={_node.Data}", $"XDG_STATE_HOME={_orc.Home}", $"HOME={_orc.Home}", Orc.Program, "pbm");
        await SeesAsync("n1 at http", "pbm>");

        await terminal.KeysAsync("t", "clu", "Tab");
        await SeesAsync("pbm> cluster");
        await terminal.KeysAsync("t", "C-u", "cluster sho", "Tab", "Enter");
        await SeesAsync("NODE", "n1 *");
        await terminal.KeysAsync("t", "journal show agent/", "Tab", "Enter");
        await SeesAsync("agent.registered.v1");

        await terminal.KeysAsync("t", "cluster tail", "Enter");
        await SeesAsync("n1 (0) up");
        await terminal.KeysAsync("t", "C-c");
        await terminal.KeysAsync("t", "hocon get orchestrator.node.name", "Enter");
        await SeesAsync("pbm> hocon get", "\nn1\n");
        await Eventually.True(() => File.Exists(history) && File.ReadAllLines(history).Length == 4, "all lines are in the history");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(history));

        await terminal.KeysAsync("t", "C-l", "Up", "Up", "Up", "Up");
        await SeesAsync("pbm> cluster show");
        await terminal.KeysAsync("t", "C-u", "C-d");
        await Eventually.True(async () => await terminal.RunAsync("list-sessions", "-F", "#{session_name}") == "keeper", "it has ended");

        Task SeesAsync(params string[] texts) => Eventually.True(
            async () => string.Join('\n', await terminal.ScreenAsync("t")) is var screen && texts.All(text => screen.Contains(text, StringComparison.Ordinal)), $"it shows {string.Join(" and ", texts)}", TimeSpan.FromSeconds(60));
    }

    [Theory]
    [InlineData("a  b\tc", "a|b|c")]
    [InlineData("ask x/y m '{\"a\": \"b c\"}'", "ask|x/y|m|{\"a\": \"b c\"}")]
    [InlineData("\"{\\\"a\\\": 1}\" '' x\\ y", "{\"a\": 1}||x y")]
    [InlineData("   ", "")]
    public void A_line_is_parted_as_by_a_shell(string line, string words) => Assert.Equal(words, string.Join('|', CommandWords.Split(line)));

    [Fact]
    public void Keys_edit_the_line()
    {
        var line = EditedLine.Of("actor hierarchy");
        line = line.After(new ConsoleKeyInfo('\x17', ConsoleKey.W, shift: false, alt: false, control: true))!.Value;
        Assert.Equal(("actor ", 6), (line.Text, line.Cursor));
        line = line.After(new ConsoleKeyInfo('\0', ConsoleKey.Home, false, false, false))!.Value.After(new ConsoleKeyInfo('x', ConsoleKey.X, false, false, false))!.Value;
        Assert.Equal("xactor ", line.Text);
        Assert.Equal("show ", (line with { Cursor = 3 }).Completed("show ").Text[..5]);
        Assert.Null(line.After(new ConsoleKeyInfo('\x1b', ConsoleKey.Escape, false, false, false)));
    }

    [Fact]
    public void The_history_keeps_no_tokens_and_no_line_twice()
    {
        var file = Path.Combine(_orc.Home, "h", "history");
        var history = CommandHistory.Open(file);
        foreach (var line in new[] { "one", "one", " secret", "--token orc_x cluster show", "two" })
        {
            history.Add(line);
        }

        Assert.Equal(["one", "two"], File.ReadAllLines(file));
        Assert.Equal(["one", "two"], CommandHistory.Open(file).Lines);
    }
}
