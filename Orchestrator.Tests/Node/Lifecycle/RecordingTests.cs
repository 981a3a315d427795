using System.Text;
using System.Text.Json;
using Orchestrator.Tests.Cli;
using Orchestrator.Tests.Node.Support;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Node.Lifecycle;

/// <summary>A recording, played into another pane, shows what the recorded one shows; and nothing of the recorded one is disturbed.</summary>
[Collection(nameof(Lifecycle))]
public sealed class RecordingTests(LifecycleNode shared)
{
    private NodeUnderTest Node => shared.Node;

    [Fact]
    public async Task A_played_recording_shows_the_same_screen_with_its_colours_and_sizes()
    {
        var script = Path.Combine(shared.Root, "painter.pl");
        await File.WriteAllTextAsync(script, """
            $| = 1;
            print "\e[1;31mbefore the recording\e[0m ☂ \\ 漢\n";
            while (my $line = <STDIN>) { chomp $line; print "\e[32m$line\e[0m\e[s\e[1;60H\e[7mcorner\e[0m\e[u ü\n"; }
            """);
        await Node.Client.SpawnAsync(new Client.SpawnRequest { Name = "painter", Profile = "shell", Folder = shared.Root, Command = ["perl", script] });
        var pane = (await Node.IsIdle("painter")).Pane!;
        using var orc = new Orc();
        orc.Environment["ORC_DATA"] = Node.Data;
        var file = Path.Combine(orc.Home, "painter.cast");
        var recording = orc.RunAsync("record", "painter", "-o", file, "--for", "12s");
        await Eventually.True(() => File.Exists(file) && File.ReadAllLines(file).Length >= 2, "the recording has begun");
        var clients = Node.Tmux("list-clients", "-F", "#{client_flags}").Split('\n');
        Assert.Contains(clients, static c => c.Contains("read-only", StringComparison.Ordinal) && c.Contains("ignore-size", StringComparison.Ordinal));
        await Node.Client.SendMessageAsync(new Client.SendRequest { To = "painter", Text = "first words" });
        await Eventually.True(() => Screen(pane.Id).Contains("first words", StringComparison.Ordinal), "it has painted");
        Node.Tmux("resize-window", "-t", pane.Window, "-x", "100", "-y", "30");
        await Node.Client.SendMessageAsync(new Client.SendRequest { To = "painter", Text = "after the resize" });
        await Eventually.True(() => Screen(pane.Id).Contains("after the resize", StringComparison.Ordinal), "it has painted again");
        (await recording).Expect(0);
        Assert.Equal(pane, (await Node.Client.GetAgentAsync("painter")).Pane);
        (await orc.RunAsync("record", "painter", "-o", file)).Expect(2);

        var lines = await File.ReadAllLinesAsync(file);
        using var header = JsonDocument.Parse(lines[0]);
        Assert.Equal((2, 120, 40), (header.RootElement.GetProperty("version").GetInt32(), header.RootElement.GetProperty("width").GetInt32(), header.RootElement.GetProperty("height").GetInt32()));
        var steps = lines.Skip(1).Select(static line => JsonSerializer.Deserialize<JsonElement[]>(line)!).Select(static s => (At: s[0].GetDouble(), Kind: s[1].GetString(), Data: s[2].GetString()!)).ToList();
        Assert.Equal(steps.Select(static s => s.At).Order(), steps.Select(static s => s.At));
        Assert.InRange(steps[^1].At, 0, 13);
        Assert.Equal("100x30", Assert.Single(steps, static s => s.Kind == "r").Data);
        Assert.Equal(Screen(pane.Id), await PlayedAsync(steps));
    }

    private string Screen(string pane) => Node.Tmux("capture-pane", "-p", "-e", "-t", pane);

    private async Task<string> PlayedAsync(List<(double At, string? Kind, string Data)> steps)
    {
        var (before, after) = (Path.Combine(shared.Root, "before"), Path.Combine(shared.Root, "after"));
        var resize = steps.FindIndex(static s => s.Kind == "r");
        await File.WriteAllTextAsync(before, string.Concat(steps.Take(resize).Select(static s => s.Data)), new UTF8Encoding(false));
        await File.WriteAllTextAsync(after, string.Concat(steps.Skip(resize + 1).Select(static s => s.Data)), new UTF8Encoding(false));
        var player = Node.Tmux("new-window", "-d", "-P", "-F", "#{pane_id} #{window_id}", "-t", "=agents:", "--", "sh", "-c", $"stty raw -echo; cat '{before}'; touch '{before}.done'; while [ ! -e '{after}.go' ]; do sleep 0.1; done; cat '{after}'; touch '{after}.done'; exec sleep 600").Split(' ');
        await Eventually.True(() => File.Exists(before + ".done"), "the part before the resize was played");
        Node.Tmux("resize-window", "-t", player[1], "-x", "100", "-y", "30");
        await File.WriteAllTextAsync(after + ".go", string.Empty);
        await Eventually.True(() => File.Exists(after + ".done"), "the part after it was played");
        var played = string.Empty;
        await Eventually.True(() => (played = Screen(player[0])).Contains("after the resize", StringComparison.Ordinal), "it shows it");
        Node.Tmux("kill-window", "-t", player[1]);
        return played;
    }
}
