using Orchestrator.Tests.Support;
using Orchestrator.Tmux;

namespace Orchestrator.Tests.Tmux;

public sealed class PaneTests
{
    [Fact]
    public async Task A_new_pane_has_its_marks_size_folder_and_environment()
    {
        await using var own = await OwnServer.StartAsync();
        var made = await own.Panes.SpawnAsync(new PaneSpawn
        {
            Folder = own.Folder,
            Command = ["/bin/sh", "-c", "pwd; echo \"[$GREETING]\"; exec sleep 600"],
            Agent = "agent/alice",
            Generation = 7,
            Columns = 100,
            Rows = 30,
            Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["GREETING"] = "it's; \"fine\" #{pane_id} $x" },
            Marks = new Dictionary<string, string>(StringComparer.Ordinal) { ["@node"] = "n1" },
        });

        var facts = (await own.Panes.FindAsync(made.Pane))!;
        Assert.Equal(("agent/alice", 7L, 100, 30, made.ProcessId, made.Window), (facts.Agent, facts.Generation, facts.Columns, facts.Rows, facts.ProcessId, facts.Window));
        Assert.False(facts.Dead || facts.InMode || facts.InputOff || facts.AlternateScreen);
        Assert.Equal("n1", await own.TmuxAsync("show-options", "-pv", "-t", made.Pane.ToString(), "@node"));
        var screen = await Eventually.Value(() => own.Panes.CaptureAsync(made.Pane), capture => capture!.Lines[1].Length > 0, "the program printed");
        Assert.Equal([own.Folder, "[it's; \"fine\" #{pane_id} $x]"], screen!.Lines.Take(2));
        Assert.Equal(30, screen.Lines.Count);
    }

    [Fact]
    public async Task A_server_survives_a_program_with_focus_events_that_was_killed_while_no_client_was_there()
    {
        await using var own = await OwnServer.StartAsync();
        var pane = await own.SpawnAsync("/bin/sh", "-c", "printf '\\033[?1004h'; exec sleep 600");
        await Eventually.True(async () => (await own.Panes.FindAsync(pane.Pane))!.Command == "sleep", "it asked for focus events");
        var server = own.Server.Identity!.Pid;
        await own.Server.DisposeAsync();
        Node.Support.NodeUnderTest.Signal("-KILL", pane.ProcessId);
        await Eventually.True(async () => await own.TmuxAsync("display-message", "-p", "-t", pane.Pane.ToString(), "#{pane_dead}") == "1", "it has ended");

        await using var next = new TmuxServer(own.Options);
        await next.EnsureStartedAsync();
        Assert.True((await next.Panes.FindAsync(pane.Pane))!.Dead);
        Assert.Equal(server, next.Identity!.Pid);
    }

    [Theory]
    [InlineData("#(touch x)")]
    [InlineData("#{pane_id}")]
    [InlineData("##")]
    [InlineData("a;b")]
    [InlineData("semicolon;")]
    [InlineData("quote ' and \" and $HOME")]
    [InlineData("#S")]
    [InlineData("%Y %d")]
    public async Task A_folder_with_a_name_that_tmux_would_expand_is_just_a_folder(string name)
    {
        await using var own = await OwnServer.StartAsync();
        var folder = Directory.CreateDirectory(Path.Combine(own.Folder, "work", name)).FullName;

        var pane = await own.Panes.SpawnAsync(new PaneSpawn { Folder = folder, Command = ["sleep", "600"], Agent = "a", Generation = 1 });

        await Eventually.True(() => new DirectoryInfo($"/proc/{pane.ProcessId}/cwd").LinkTarget == folder, $"the program runs in {folder}");
        Assert.Equal([folder], Directory.GetFileSystemEntries(Path.Combine(own.Folder, "work")));
        Assert.False(File.Exists("/x"));
    }

    [Fact]
    public async Task A_missing_folder_or_program_is_refused_before_anything_happens()
    {
        await using var own = await OwnServer.StartAsync();
        var good = new PaneSpawn { Folder = own.Folder, Command = ["sleep", "600"], Agent = "a", Generation = 1 };

        await Assert.ThrowsAsync<PaneRefusedException>(() => own.Panes.SpawnAsync(good with { Folder = "/no/such/folder" }));
        await Assert.ThrowsAsync<PaneRefusedException>(() => own.Panes.SpawnAsync(good with { Command = ["no-such-program"] }));
        await Assert.ThrowsAsync<PaneRefusedException>(() => own.Panes.SpawnAsync(good with { Command = [] }));
        await Assert.ThrowsAsync<PaneRefusedException>(() => own.Panes.SpawnAsync(good with { Agent = "#(touch x)" }));
        await Assert.ThrowsAsync<PaneRefusedException>(() => own.Panes.SpawnAsync(good with { WindowName = "#{x}" }));
        await Assert.ThrowsAsync<PaneRefusedException>(() => own.Panes.SpawnAsync(good with { Command = ["sleep", "1\n2"] }));

        Assert.Single(await own.Panes.ListAsync());
    }

    [Fact]
    public async Task A_single_word_is_a_program_and_no_shell_text()
    {
        await using var own = await OwnServer.StartAsync();
        var program = Path.Combine(own.Folder, "my program; touch x");
        await File.WriteAllTextAsync(program, "#!/bin/sh\nexec sleep 600\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var pane = await own.SpawnAsync(program);

        await Eventually.True(async () => (await own.Panes.FindAsync(pane.Pane)) is { Dead: false, Command: "sleep" }, "the program runs");
        Assert.False(File.Exists(Path.Combine(own.Folder, "x")));
    }

    [Fact]
    public async Task The_inventory_lists_every_pane_with_the_fate_of_its_program()
    {
        await using var own = await OwnServer.StartAsync();
        var alive = await own.SpawnAsync("sleep", "600");
        var ended = await own.SpawnAsync("/bin/sh", "-c", "exit 3");
        var killed = await own.SpawnAsync("sleep", "601");
        Native.Kill(killed.ProcessId, 9);

        var panes = await Eventually.Value(() => own.Panes.ListAsync(), panes => panes.Count(pane => pane.ExitStatus is not null || pane.ExitSignal is not null) == 2, "two are dead");

        Assert.Equal(4, panes.Count);
        Assert.Equal("sleep", panes.Single(pane => pane.Pane == alive.Pane).Command);
        Assert.Equal((3, null), Fate(panes, ended));
        Assert.Equal((null, 9), Fate(panes, killed));

        static (int?, int?) Fate(IReadOnlyList<PaneFacts> panes, SpawnedPane pane)
        {
            var facts = panes.Single(facts => facts.Pane == pane.Pane);
            return (facts.ExitStatus, facts.ExitSignal);
        }
    }

    [Fact]
    public async Task A_hostile_title_or_program_name_forges_no_other_pane()
    {
        await using var own = await OwnServer.StartAsync();
        var pane = await own.SpawnAsync(
            "/usr/bin/perl", "-e", "$| = 1; print qq(\\e]2;5:x %7 \\@7 1 0 title 漢\\a); $0 = qq(evil 9:\\n%9 \\@9 1); sleep 600");

        var facts = await Eventually.Value(() => own.Panes.FindAsync(pane.Pane), facts => facts!.Title.Contains("title"), "the title is set");

        Assert.Equal("5:x %7 @7 1 0 title 漢", facts!.Title);
        Assert.Equal(2, (await own.Panes.ListAsync()).Count);
    }

    [Fact]
    public async Task A_capture_holds_history_escapes_and_joined_lines_when_asked()
    {
        await using var own = await OwnServer.StartAsync();
        var pane = await own.SpawnAsync("/bin/sh", "-c", "seq 1 200; printf '\\033[31mred\\033[0m\\n'; printf '%0300d\\n' 7; echo last; exec sleep 600");
        await Eventually.True(async () => (await own.Panes.CaptureAsync(pane.Pane))!.Lines.Contains("last"), "printed");

        var screen = await own.Panes.CaptureAsync(pane.Pane);
        var whole = await own.Panes.CaptureAsync(pane.Pane, new CaptureOptions { HistoryLines = CaptureOptions.WholeHistory, WithEscapes = true, JoinWrapped = true });
        var some = await own.Panes.CaptureAsync(pane.Pane, new CaptureOptions { HistoryLines = 10 });

        Assert.Equal(50, screen!.Lines.Count);
        Assert.Equal(60, some!.Lines.Count);
        Assert.Equal("1", whole!.Lines[0]);
        Assert.Contains(whole.Lines, line => line.Contains("\u001b[31mred"));
        Assert.Contains(whole.Lines, line => line.Contains(new string('0', 299) + "7"));
    }

    [Fact]
    public async Task A_pane_is_killed_only_for_its_agent_and_generation()
    {
        await using var own = await OwnServer.StartAsync();
        var pane = await own.SpawnAsync("sleep", "600");

        Assert.False(await own.Panes.KillAsync(pane.Pane, "agent/test", 2));
        Assert.False(await own.Panes.KillAsync(pane.Pane, "agent/other", 1));
        Assert.NotNull(await own.Panes.FindAsync(pane.Pane));
        Assert.True(await own.Panes.KillAsync(pane.Pane, "agent/test", 1));
        Assert.Null(await own.Panes.FindAsync(pane.Pane));
        Assert.False(await own.Panes.KillAsync(pane.Pane, "agent/test", 1));
        Assert.Null(await own.Panes.CaptureAsync(pane.Pane));
    }

    [Fact]
    public async Task A_signal_reaches_the_whole_process_group()
    {
        await using var own = await OwnServer.StartAsync();
        var pane = await own.SpawnAsync("/bin/sh", "-c", "sleep 600 & echo child $!; wait");
        var screen = await Eventually.Value(() => own.Panes.CaptureAsync(pane.Pane), capture => capture!.Lines[0].StartsWith("child ", StringComparison.Ordinal), "the child runs");
        var child = int.Parse(screen!.Lines[0]["child ".Length..]);

        Assert.False(await own.Panes.SignalAsync(pane.Pane, "agent/test", 2, PaneSignal.Terminate));
        Assert.True(await own.Panes.SignalAsync(pane.Pane, "agent/test", 1, PaneSignal.Terminate));

        await Eventually.True(() => !File.Exists($"/proc/{child}/cmdline") || File.ReadAllText($"/proc/{child}/cmdline").Length == 0, "the child ended");
        await Eventually.True(async () => (await own.Panes.FindAsync(pane.Pane))!.Dead, "the pane is dead");
        Assert.False(await own.Panes.SignalAsync(pane.Pane, "agent/test", 1, PaneSignal.Terminate));
    }

    [Fact]
    public async Task People_who_attach_each_see_a_window_of_their_own_and_leave_nothing_behind()
    {
        await using var own = await OwnServer.StartAsync();
        await using var terminals = await OwnServer.StartAsync(options => options with { Columns = 90, Rows = 20 });
        var one = await own.SpawnAsync("/bin/sh", "-c", "echo I am one; read x; echo got $x; exec sleep 600");
        var two = await own.SpawnAsync("/bin/sh", "-c", "echo I am two; exec sleep 600");

        var first = await terminals.SpawnAsync([.. own.Server.AttachArguments(one.Window)]);
        var second = await terminals.SpawnAsync([.. own.Server.AttachArguments(two.Window, mayType: true)]);
        await Shows(terminals, first, "I am one");
        await Shows(terminals, second, "I am two");

        // Whoever looks at what, a new pane gets its own marks and nobody is taken away from theirs.
        var third = await own.Panes.SpawnAsync(new PaneSpawn { Folder = own.Folder, Command = ["sleep", "600"], Agent = "agent/third", Generation = 9 });
        Assert.Equal(
            [(null, null), ("agent/test", 1L), ("agent/test", 1L), ("agent/third", 9L)],
            (await own.Panes.ListAsync()).OrderBy(pane => pane.Pane.Number).Select(pane => (pane.Agent, pane.Generation)));
        await own.Panes.KillAsync(third.Pane, "agent/third", 9);
        await Shows(terminals, first, "I am one");
        await Shows(terminals, second, "I am two");

        // Read only: what is typed goes nowhere.
        await terminals.TmuxAsync("send-keys", "-t", first.Pane.ToString(), "typed", "Enter");
        Assert.Equal((220, 50), ((await own.Panes.FindAsync(one.Pane))!.Columns, (await own.Panes.FindAsync(one.Pane))!.Rows));
        Assert.Equal(3, (await own.Panes.ListAsync()).Count);

        await terminals.Panes.SignalAsync(first.Pane, "agent/test", 1, PaneSignal.Kill);
        await terminals.Panes.SignalAsync(second.Pane, "agent/test", 1, PaneSignal.Kill);
        await Eventually.True(async () => await own.TmuxAsync("list-sessions", "-F", "#{session_name}") == "agents", "only the agents' session is left");
        Assert.DoesNotContain("got", string.Join('\n', (await own.Panes.CaptureAsync(one.Pane))!.Lines));
    }

    private static Task Shows(OwnServer own, SpawnedPane pane, string text)
        => Eventually.Value(() => own.Panes.CaptureAsync(pane.Pane), capture => string.Join('\n', capture!.Lines).Contains(text), $"shows '{text}'");
}
