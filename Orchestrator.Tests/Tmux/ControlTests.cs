using FsCheck.Fluent;
using Orchestrator.Tests.Support;
using Orchestrator.Tmux;

namespace Orchestrator.Tests.Tmux;

public sealed class ControlTests
{
    [Fact]
    public async Task Any_argument_without_control_characters_arrives_as_it_was_given()
    {
        await using var own = await OwnServer.StartAsync();
        string[] hard =
        [
            "", " ", "a;", ";", @"\;", "'", "''", "\"", "$HOME", "~", "~/x", "#(touch /tmp/never)", "#{pane_id}", "%if 1", "{", "}", "{ kill-server }", "\\", "\\\\", "a\\",
            "-p", "--", "=x", "@1", "%0", "# comment", "漢字 🙂", "a b  c", "%end 1 1 1", "\u00a0", "\\n", "\\u0041", "$(x)", "`x`",
        ];
        foreach (var value in hard)
        {
            await Arrives(own, value);
        }

        var visible = Gen.Elements("abc ;'\"\\$#{}()~%@=-|&<>!?*[]^`,.:/éß漢🙂\u2028".EnumerateRunes().Select(rune => rune.ToString()).ToArray());
        var values = visible.ListOf().Select(string.Concat);
        foreach (var value in values.Sample(300, 60))
        {
            await Arrives(own, value);
        }
    }

    [Theory]
    [InlineData("two\nlines")]
    [InlineData("return\r")]
    [InlineData("zero\0")]
    [InlineData("\u001b[201~")]
    public void An_argument_that_would_become_another_command_is_refused_before_it_is_sent(string argument)
        => Assert.Throws<ArgumentException>(() => TmuxCommand.Of("display-message", "-p", argument));

    [Fact]
    public void Half_a_surrogate_pair_is_refused()
    {
        Assert.Throws<ArgumentException>(() => TmuxCommand.Of("display-message", "-p", $"half {(char)0xd83d} pair"));
        Assert.Throws<ArgumentException>(() => TmuxCommand.Of("display-message", "-p", $"half {(char)0xd83d}"));
    }

    [Fact]
    public void A_command_without_a_name_or_an_empty_list_is_refused_since_an_empty_line_detaches()
    {
        Assert.Throws<ArgumentException>(() => TmuxCommand.Of(""));
        Assert.Throws<ArgumentException>(() => TmuxCommand.Of("kill-server ; x"));
        Assert.Throws<ArgumentException>(() => TmuxCommand.List());
    }

    [Fact]
    public async Task The_longest_line_arrives_and_a_longer_one_is_refused_with_its_size()
    {
        await using var own = await OwnServer.StartAsync();
        var room = TmuxCommand.LongestLine - TmuxCommand.Of("set-option", "-s", "@long", "").Text.Length;

        await own.Server.Control.SendAsync(TmuxCommand.Of("set-option", "-s", "@long", new string('x', room)));
        Assert.Equal(new string('x', room), (await own.Server.Control.SendAsync(TmuxCommand.Of("show-options", "-sv", "@long"))).OrThrow().Last.Text);
        var error = Assert.Throws<ArgumentException>(() => TmuxCommand.Of("set-option", "-s", "@long", new string('x', room + 1)));

        Assert.Contains("16,001 bytes", error.Message);
    }

    [Fact]
    public async Task Commands_sent_at_once_get_their_own_answers()
    {
        await using var own = await OwnServer.StartAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 2000).Select(async i =>
            (i, (await own.Server.Control.SendAsync(TmuxCommand.Of("display-message", "-p", $"answer {i}"))).Last.Text)));

        Assert.All(answers, pair => Assert.Equal($"answer {pair.i}", pair.Text));
    }

    [Fact]
    public async Task An_error_ends_its_list_and_nothing_else()
    {
        await using var own = await OwnServer.StartAsync();
        var failing = own.Server.Control.SendAsync(TmuxCommand.List(
            TmuxCommand.Of("display-message", "-p", "one"), TmuxCommand.Of("kill-pane", "-t", "%99"), TmuxCommand.Of("display-message", "-p", "three")));
        var unknown = own.Server.Control.SendAsync(TmuxCommand.Of("no-such-command"));
        var next = own.Server.Control.SendAsync(TmuxCommand.Of("display-message", "-p", "next"));

        Assert.Equal([true, false], (await failing).Answers.Select(answer => answer.Succeeded));
        Assert.False((await unknown).Succeeded);
        Assert.Equal("next", (await next).Last.Text);
        var error = Assert.Throws<TmuxCommandException>(() => failing.Result.OrThrow());
        Assert.Contains("can't find pane", error.Answer);
    }

    [Fact]
    public async Task A_pane_that_prints_imitations_of_control_mode_changes_no_answer()
    {
        await using var own = await OwnServer.StartAsync();
        var script = "$| = 1; for my $n (280 .. 324) { printf qq(%%end %d %d 1\\r\\n), time, $n } print qq(%begin 1 1 1\\r\\n%exit\\r\\n); sleep 600";
        var pane = await own.SpawnAsync("/usr/bin/perl", "-e", script);
        await Eventually.True(async () => (await own.Panes.CaptureAsync(pane.Pane))!.Lines.Any(line => line == "%exit"), "the imitations are printed");

        foreach (var _ in Enumerable.Range(0, 60))
        {
            var capture = await own.Panes.CaptureAsync(pane.Pane);
            Assert.Equal(50, capture!.Lines.Count);
            Assert.Equal(45, capture.Lines.Count(line => line.StartsWith("%end ", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void The_imitated_end_of_the_very_answer_does_not_end_it()
    {
        var region = "%begin 7 9 1\nfacts\n%end 7 9 1\n%begin 7 10 1\ntext\n%end 7 10 1\n%error 7 10 1\n%begin 7 11 1\nmore\n%end 7 10 1\n%window-add @3\n"u8.ToArray();

        var answers = ReplyParser.Parse(region, expected: 2);

        Assert.Equal(["facts", "text\n%end 7 10 1\n%error 7 10 1\n%begin 7 11 1\nmore"], answers.Select(answer => answer.Text));
    }

    [Fact]
    public async Task A_killed_client_is_replaced_and_what_was_not_sent_is_sent_then()
    {
        await using var own = await OwnServer.StartAsync();
        await Eventually.True(() => own.Server.Control.IsConnected, "connected");
        var first = own.Server.Control.ClientPid!.Value;

        Native.Kill(first, 9);
        await Eventually.True(() => own.Server.Control.ClientPid is { } pid && pid != first && own.Server.Control.IsConnected, "another client is connected");

        Assert.Equal("here", (await own.Server.Control.SendAsync(TmuxCommand.Of("display-message", "-p", "here"))).Last.Text);
    }

    [Fact]
    public async Task A_command_that_a_stopped_server_took_has_an_unknown_outcome()
    {
        await using var own = await OwnServer.StartAsync(options => options with { CommandTimeout = TimeSpan.FromSeconds(1) });
        await own.Panes.ListAsync();
        var pid = own.Server.Identity!.Pid;
        Native.Kill(pid, 19);
        try
        {
            await Assert.ThrowsAsync<TmuxOutcomeUnknownException>(() => own.Panes.ListAsync());
        }
        finally
        {
            Native.Kill(pid, 18);
        }

        Assert.NotEmpty(await own.Panes.ListAsync());
    }

    [Fact]
    public async Task A_command_without_a_server_was_not_sent()
    {
        await using var own = await OwnServer.StartAsync(options => options with { CommandTimeout = TimeSpan.FromSeconds(1) });
        await own.Server.KillAsync();

        await Assert.ThrowsAsync<TmuxNotSentException>(() => own.Panes.ListAsync());
    }

    [Fact]
    public async Task Output_of_a_pane_is_signalled_and_a_quiet_pane_is_not()
    {
        await using var own = await OwnServer.StartAsync();
        var quiet = await own.SpawnAsync("sleep", "600");
        var loud = await own.SpawnAsync("/bin/sh", "-c", "while read line; do echo \"$line\"; done");
        using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await using var changes = own.Server.Control.WatchAsync(cancellation: enough.Token).GetAsyncEnumerator(enough.Token);
        Assert.True(await changes.MoveNextAsync());
        Assert.True(changes.Current.Resynchronise);

        await own.TmuxAsync("send-keys", "-t", loud.Pane.ToString(), "hello", "Enter");
        var seen = new HashSet<PaneId>();
        while (!seen.Contains(loud.Pane) && await changes.MoveNextAsync())
        {
            seen.UnionWith(changes.Current.Output);
        }

        Assert.DoesNotContain(quiet.Pane, seen);
    }

    [Theory]
    [InlineData("program ends")]
    [InlineData("pane killed")]
    [InlineData("copy mode")]
    public async Task A_pane_that_dies_goes_or_enters_copy_mode_is_signalled(string what)
    {
        await using var own = await OwnServer.StartAsync();
        var pane = await own.SpawnAsync("sleep", "600");
        using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await using var changes = own.Server.Control.WatchAsync(cancellation: enough.Token).GetAsyncEnumerator(enough.Token);
        await Eventually.True(() => own.Server.Control.IsConnected, "connected");
        Assert.True(await changes.MoveNextAsync());

        switch (what)
        {
            case "program ends":
                Native.Kill(pane.ProcessId, 15);
                break;
            case "pane killed":
                await own.TmuxAsync("kill-pane", "-t", pane.Pane.ToString());
                break;
            default:
                await own.TmuxAsync("copy-mode", "-t", pane.Pane.ToString());
                break;
        }

        while (await changes.MoveNextAsync())
        {
            if (changes.Current.PanesChanged && await own.Panes.FindAsync(pane.Pane) is null or { Dead: true } or { InMode: true })
            {
                return;
            }
        }
    }

    [Fact]
    public async Task A_flood_of_output_is_held_back_and_the_connection_stays()
    {
        await using var own = await OwnServer.StartAsync();
        var flood = await own.SpawnAsync("/usr/bin/perl", FakeAgent.Script, "--flood");
        await Eventually.True(() => own.Server.Control.IsConnected, "connected");
        var client = own.Server.Control.ClientPid;

        for (var i = 0; i < 200; i++)
        {
            Assert.NotNull(await own.Panes.CaptureAsync(flood.Pane));
        }

        Assert.Equal(client, own.Server.Control.ClientPid);
        Assert.True(await own.Panes.KillAsync(flood.Pane, "agent/test", 1));
    }

    private static async Task Arrives(OwnServer own, string value)
    {
        var reply = await own.Server.Control.SendAsync(TmuxCommand.List(
            TmuxCommand.Of("set-option", "-s", "@property", value), TmuxCommand.Of("show-options", "-sv", "@property")));
        Assert.Equal(value, reply.OrThrow().Last.Text);
    }
}
