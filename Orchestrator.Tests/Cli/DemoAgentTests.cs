using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Orchestrator.Cli.DemoAgent;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Cli;

/// <summary><c>orc demo-agent</c> in a real tmux: what its profile and the tests of others rely on.</summary>
public sealed class DemoAgentTests : IAsyncLifetime
{
    private const string Pane = "demo";
    private readonly TerminalServer _terminal = new();

    public async Task InitializeAsync()
    {
        await _terminal.StartAsync("keeper", "cat");
        await _terminal.RunAsync("set-option", "-g", "remain-on-exit", "on");
        await _terminal.RunAsync("set-option", "-g", "history-limit", "5000");
        await _terminal.StartAsync(Pane, Orc.Program, "demo-agent", "--transcript", _terminal["transcript.jsonl"], "--work", "0.3");
        await TitledAsync("demo · ready");
    }

    public async Task DisposeAsync() => await _terminal.DisposeAsync();

    [Fact]
    public async Task The_composer_is_the_bottom_row()
    {
        var screen = await _terminal.ScreenAsync(Pane);
        Assert.Equal(("", ">"), (screen[^2].TrimEnd(), screen[^1].TrimEnd()));
        Assert.Equal("2,29,1", await _terminal.AskAsync(Pane, "#{cursor_x},#{cursor_y},#{cursor_flag}"));
    }

    [Fact]
    public async Task A_pasted_message_stands_in_the_composer_until_Enter_and_is_then_recorded_byte_for_byte()
    {
        const string body = "hello 漢😀\n\"quotes\"; #{x} $(y)\n\tlast\\";
        var text = $"[message 01JD3YV2F4T6B8M0N2P4R6S8W0 from client:alice] ends with [end K3Q7ZT]\n{body}\n[end K3Q7ZT]";
        await _terminal.PasteAsync(Pane, text);
        await RowsAsync(static rows => rows[^1].Contains("[end K3Q7ZT]", StringComparison.Ordinal), "the last line of the draft is the bottom row");
        var draft = await _terminal.ScreenAsync(Pane);
        Assert.StartsWith("> [message 01JD3YV2F4T6B8M0N2P4R6S8W0", draft[^5], StringComparison.Ordinal);
        Assert.Equal("  hello 漢😀", draft[^4]);
        Assert.Empty(Submitted());

        await _terminal.KeysAsync(Pane, "Enter");
        await Eventually.True(() => Submitted().Count == 1, "it is recorded");
        var submitted = Submitted().Single();
        Assert.Equal("01JD3YV2F4T6B8M0N2P4R6S8W0", submitted.GetProperty("id").GetString());
        Assert.Equal("client:alice", submitted.GetProperty("from").GetString());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body))), submitted.GetProperty("sha256").GetString());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))), submitted.GetProperty("rawSha256").GetString());
        await RowsAsync(static rows => rows.Any(static r => r.Contains("● told by client:alice in message 01JD3YV2F4T6B8M0N2P4R6S8W0", StringComparison.Ordinal)), "it answers");
        await TitledAsync("demo · ready");
    }

    [Fact]
    public async Task A_long_paste_is_shown_by_its_size_and_submitted_whole()
    {
        var text = string.Join('\n', Enumerable.Range(0, 8000).Select(static i => $"line {i} 漢字"));
        await _terminal.PasteAsync(Pane, text);
        await RowsAsync(rows => rows[^1] == $"> [Pasted {DemoComposer.Characters(text)} chars]", "the paste is collapsed");
        await _terminal.KeysAsync(Pane, "Enter");
        await Eventually.True(() => Submitted().Count == 1, "it is recorded");
        Assert.Equal(text, Submitted().Single().GetProperty("text").GetString());
    }

    [Fact]
    public async Task While_it_works_title_and_status_say_so_and_Esc_cancels()
    {
        await SayAsync("work 60s");
        await TitledAsync("demo · working");
        await RowsAsync(static rows => rows[^2] is ['(', >= '0' and <= '9', ..] && rows[^2].EndsWith("s · esc to cancel)", StringComparison.Ordinal) && rows[^1].TrimEnd() == ">", "the status stands above the composer");
        await _terminal.KeysAsync(Pane, "Escape");
        await TitledAsync("demo · ready");
        await RowsAsync(static rows => rows[^2].Length == 0 && rows.Contains("■ cancelled"), "it is cancelled");
    }

    [Fact]
    public async Task What_is_submitted_while_it_works_is_done_after()
    {
        await SayAsync("work 1s");
        await SayAsync("second");
        await RowsAsync(static rows => rows.Any(static r => r.EndsWith("characters: second", StringComparison.Ordinal)), "both are answered");
        Assert.Equal(["work 1s", "second"], Submitted().Select(static s => s.GetProperty("text").GetString()));
    }

    [Fact]
    public async Task A_question_hides_the_composer_and_Enter_does_not_answer_it()
    {
        await SayAsync("ask before you do it");
        await TitledAsync("demo · approval");
        var screen = await _terminal.ScreenAsync(Pane);
        Assert.Equal("Allow this? (y/n)", screen[^1]);
        Assert.Equal("0", await _terminal.AskAsync(Pane, "#{cursor_flag}"));
        await _terminal.KeysAsync(Pane, "Enter", "Enter");
        await _terminal.KeysAsync(Pane, "y");
        await RowsAsync(static rows => rows.Contains("✓ allowed") && rows.Any(static r => r.StartsWith('●')), "it goes on once allowed");
        await SayAsync("ask again");
        await TitledAsync("demo · approval");
        await _terminal.KeysAsync(Pane, "n");
        await RowsAsync(static rows => rows.Contains("✕ not allowed") && rows[^1].TrimEnd() == ">", "it goes back when not");
    }

    [Fact]
    public async Task A_turn_can_fail()
    {
        await SayAsync("please fail");
        await RowsAsync(static rows => rows.Any(static r => r.StartsWith("✕ error:", StringComparison.Ordinal)), "the error is shown");
        await TitledAsync("demo · ready");
    }

    [Theory]
    [InlineData("quit", "0")]
    [InlineData("crash", "3")]
    public async Task It_ends_as_it_is_told_and_gives_the_terminal_back(string text, string code)
    {
        await SayAsync(text);
        await Eventually.Value(() => _terminal.AskHowItEndedAsync(Pane), value => value == $"1 {code}", "it has ended");
        Assert.DoesNotContain("demo", await _terminal.AskAsync(Pane, "#{pane_title}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_terminals_modes_are_restored_also_when_it_is_terminated()
    {
        await _terminal.StartAsync("shell", "sh", "-c", $"stty -a > {_terminal["before"]}; '{Orc.Program}' demo-agent; echo $? > {_terminal["code"]}; stty -a > {_terminal["after"]}; sleep 100");
        await Eventually.Value(() => _terminal.AskAsync("shell", "#{pane_title}"), static t => t == "demo · ready", "it is ready");
        await _terminal.RunAsync("run-shell", $"kill -TERM $(ps -o pid= --ppid {await _terminal.AskAsync("shell", "#{pane_pid}")})");
        await Eventually.True(() => File.Exists(_terminal["after"]) && File.ReadAllText(_terminal["after"]).Length > 0, "it has ended");
        Assert.Equal("143", (await File.ReadAllTextAsync(_terminal["code"])).Trim());
        Assert.Equal(await File.ReadAllTextAsync(_terminal["before"]), await File.ReadAllTextAsync(_terminal["after"]));
    }

    [Fact]
    public async Task A_draft_can_be_edited_and_cleared()
    {
        await _terminal.KeysAsync(Pane, "-l", "abc漢");
        await _terminal.KeysAsync(Pane, "BSpace");
        await RowsAsync(static rows => rows[^1] == "> abc", "a character goes with Backspace");
        await _terminal.KeysAsync(Pane, "C-u");
        await RowsAsync(static rows => rows[^1].TrimEnd() == ">", "the draft goes with Ctrl-U");
        Assert.Empty(Submitted());
    }

    [Fact]
    public async Task What_was_said_scrolls_into_the_history_once()
    {
        foreach (var i in Enumerable.Range(0, 12))
        {
            await SayAsync($"work 0s number {i}\u00a0\nsecond line");
            await Eventually.True(() => Submitted().Count == i + 1, $"number {i} is recorded");
        }

        await TitledAsync("demo · ready");
        await RowsAsync(static rows => rows.Any(static r => r.StartsWith('●') && r.Contains("number 11", StringComparison.Ordinal)), "the last is answered");
        var all = await _terminal.RunAsync("capture-pane", "-p", "-S", "-", "-t", $"={Pane}:");
        foreach (var i in Enumerable.Range(0, 12))
        {
            Assert.Equal(2, all.Split($"number {i}\u00a0").Length - 1);
        }
    }

    [Fact]
    public async Task An_idle_agent_uses_no_processor()
    {
        var pid = await _terminal.AskAsync(Pane, "#{pane_pid}");
        long Ticks() => File.ReadAllText($"/proc/{pid}/stat").Split(' ') is var f ? long.Parse(f[13]) + long.Parse(f[14]) : 0;
        await Eventually.Value(async () => (Before: Ticks(), After: await LaterAsync(Ticks)), static t => t.After == t.Before, "a second without a tick");

        static async Task<long> LaterAsync(Func<long> ticks)
        {
            await Task.Delay(TimeSpan.FromSeconds(1));
            return ticks();
        }
    }

    private async Task SayAsync(string text)
    {
        await _terminal.PasteAsync(Pane, text);
        await _terminal.KeysAsync(Pane, "Enter");
    }

    private Task<string> TitledAsync(string title) => Eventually.Value(() => _terminal.AskAsync(Pane, "#{pane_title}"), t => t == title, $"the title is {title}");

    private async Task RowsAsync(Func<string[], bool> accept, string what)
        => await Eventually.Value(async () => string.Join('\n', await _terminal.ScreenAsync(Pane)), screen => accept(screen.Split('\n')), what);

    // The last line may not be written to its end yet.
    private List<JsonElement> Submitted() => File.Exists(_terminal["transcript.jsonl"])
        ? [.. File.ReadAllText(_terminal["transcript.jsonl"]).Split('\n')[..^1].Select(static line => JsonDocument.Parse(line).RootElement.Clone()).Where(static line => line.TryGetProperty("sha256", out _))]
        : [];
}
