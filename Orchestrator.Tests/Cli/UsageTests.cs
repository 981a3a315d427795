using System.CommandLine;
using System.Text.Json;
using System.Text.RegularExpressions;
using Orchestrator.Cli.Invocation;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Cli;

public sealed class UsageTests : IDisposable
{
    private readonly Orc _orc = new();

    public void Dispose() => _orc.Dispose();

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("spawn", "a1")]
    [InlineData("spawn", "a1", "--profile", "demo", "--branch", "b")]
    [InlineData("spawn", "a1", "--profile", "demo", "--meta", "novalue")]
    [InlineData("send", "a1")]
    [InlineData("send", "a1", "two", "words")]
    [InlineData("send", "a1", "hello", "--wait", "forever")]
    [InlineData("send", "a1", "hello", "--timeout", "soon")]
    [InlineData("send", "a1", "hello", "--id", "short")]
    [InlineData("send", "a1", "--file", "/no/such/file")]
    [InlineData("wait", "a1", "--for", "nonsense")]
    [InlineData("output", "a1", "--lines", "0")]
    [InlineData("attach", "a1")]
    [InlineData("agent", "set", "a1")]
    [InlineData("agent", "set", "a1", "--meta", "novalue")]
    [InlineData("completion", "powershell")]
    [InlineData("pbm", "actor")]
    public async Task A_command_line_that_makes_no_sense_ends_with_2_and_says_why(params string[] arguments)
    {
        var result = await _orc.RunAsync(arguments);
        result.Expect(2);
        Assert.Empty(result.Output);
        Assert.StartsWith("orc: ", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_node_a_command_ends_with_1_and_says_how_to_start_one()
    {
        var result = await _orc.RunAsync("ls");
        Assert.Empty(result.Expect(1));
        Assert.Contains("./run", result.Errors, StringComparison.Ordinal);
        var json = await _orc.RunAsync("ls", "--json");
        Assert.Empty(json.Expect(1));
        using var problem = JsonDocument.Parse(json.Errors);
        Assert.Equal("no-node", problem.RootElement.GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_node_that_does_not_answer_makes_a_send_unknown_and_names_the_id_to_repeat()
    {
        var result = await _orc.RunAsync("send", "a1", "hello", "--url", "http://127.0.0.1:9", "--token", "orc_x");
        result.Expect(3);
        Assert.Matches("send it again with --id [0-9A-Z]{26}", result.Errors);
    }

    [Fact]
    public async Task Help_is_printed_without_a_command_with_examples_and_the_exit_codes()
    {
        var bare = (await _orc.RunAsync()).Expect(0);
        Assert.Equal(bare, (await _orc.RunAsync("--help")).Expect(0));
        Assert.Contains("Exit codes:", bare, StringComparison.Ordinal);
        Assert.DoesNotContain("demo-agent", bare, StringComparison.Ordinal);
        Assert.Contains("orc send a1 \"hello\" --wait idle", (await _orc.RunAsync("send", "--help")).Expect(0), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_command_says_what_it_is_for_and_shows_an_example()
    {
        var commands = All(CommandTree.Create()).OfType<OrcCommand>().ToList();
        Assert.True(commands.Count > 25);
        Assert.All(commands, static c => Assert.False(string.IsNullOrWhiteSpace(c.Description), c.Name));
        Assert.All(commands.Where(static c => c.Subcommands.Count == 0), static c => Assert.NotEmpty(c.Examples));
        Assert.All(commands.SelectMany(static c => c.Options), static o => Assert.False(string.IsNullOrWhiteSpace(o.Description), o.Name));
        string[] promised = ["spawn", "ls", "show", "send", "inbox", "output", "logs", "attach", "wait", "explain", "start", "stop", "restart", "rm", "doctor", "demo", "completion", "login", "pbm"];
        Assert.Empty(promised.Except(CommandTree.Create().Subcommands.Select(static c => c.Name)));
    }

    [Fact]
    public void Every_command_is_in_the_documentation()
    {
        var written = new[] { "cli.md", "inspection.md" }
            .SelectMany(static page => Regex.Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", page)), "`[^`\n]+`", RegexOptions.NonBacktracking))
            .Select(static match => match.Value.Trim('`').Replace("\\|", "|", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(static words => words is ["orc" or "pbm", .. var rest] ? rest : words)
            .ToList();
        var root = CommandTree.Create();
        var missing = Paths(root, []).Where(path => !written.Exists(words => words.Length >= path.Length && path.Zip(words).All(static pair => pair.Second.Split('|').Contains(pair.First))));
        Assert.Empty(missing.Select(static path => string.Join(' ', path)));

        // pbm has the palettes under it once more.
        static IEnumerable<string[]> Paths(Command command, string[] above)
            => command.Subcommands.Where(static c => !c.Hidden).SelectMany(c => c.Name == "pbm" ? [[c.Name]] : Paths(c, [.. above, c.Name]).Prepend([.. above, c.Name]));
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _orc_completion orc")]
    [InlineData("zsh", "compdef _orc_completion orc")]
    [InlineData("fish", "complete -f -c orc")]
    public async Task A_shell_gets_its_completion_script(string shell, string line)
        => Assert.Contains(line, (await _orc.RunAsync("completion", shell)).Expect(0), StringComparison.Ordinal);

    [Fact]
    public async Task Completion_knows_the_commands_and_is_silent_without_a_node()
    {
        Assert.Contains("spawn", (await _orc.RunAsync("[suggest:6]", "orc sp")).Output, StringComparison.Ordinal);
        Assert.DoesNotContain("orc:", (await _orc.RunAsync("[suggest:9]", "orc show ")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Started_by_the_name_pbm_it_is_pbm()
    {
        var link = Path.Combine(_orc.Home, "pbm");
        File.CreateSymbolicLink(link, Orc.Program);
        Assert.Contains("hierarchy", (await _orc.RunAsync(link, input: null, ["actor", "--help"])).Expect(0), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_doctor_is_the_nodes_own_program()
    {
        var program = Path.Combine(_orc.Home, "node-program");
        await File.WriteAllTextAsync(program, "#!/bin/sh\necho '[{\"name\":\"tmux\",\"result\":\"ok\",\"found\":\"3.3a '\"$*\"'\",\"advice\":null},{\"name\":\"locale\",\"result\":\"fail\",\"found\":\"C\",\"advice\":\"export LANG=C.UTF-8\"}]'\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        _orc.Environment["ORC_NODE_PROGRAM"] = program;
        var output = (await _orc.RunAsync("doctor")).Expect(1);
        Assert.Contains("3.3a doctor --json", output, StringComparison.Ordinal);
        Assert.Contains("locale: export LANG=C.UTF-8", output, StringComparison.Ordinal);
        using var json = JsonDocument.Parse((await _orc.RunAsync("doctor", "--json")).Expect(1));
        Assert.Equal(["tmux", "locale", "node"], json.RootElement.EnumerateArray().Select(static c => c.GetProperty("name").GetString()));
        _orc.Environment["ORC_NODE_PROGRAM"] = program + "-gone";
        Assert.Contains("ORC_NODE_PROGRAM", (await _orc.RunAsync("doctor")).Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("500ms", 0.5)]
    [InlineData("60s", 60.0)]
    [InlineData("1.5m", 90.0)]
    [InlineData("2h", 7200.0)]
    [InlineData("1d", 86400.0)]
    [InlineData("7", 7.0)]
    [InlineData("0s", null)]
    [InlineData("-1s", null)]
    [InlineData("1e9d", null)]
    [InlineData("soon", null)]
    public void A_duration_is_read_as_people_write_it(string text, double? seconds)
    {
        Assert.Equal(seconds is not null, Durations.TryParse(text, out var duration));
        Assert.Equal(seconds ?? 0, duration.TotalSeconds);
    }

    private static IEnumerable<Command> All(Command command) => command.Subcommands.SelectMany(All).Prepend(command);
}
