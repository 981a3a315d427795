using System.Diagnostics;

using Orchestrator.Node.Hooks;
using Orchestrator.Tests.Node.Support;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Node.Hooks;

/// <summary>What a node takes from a hook, and from whom.</summary>
public sealed class HookListenerTests
{
    private const string Profile = """
        inherits = fake
        hooks {
          files.settings { path = "{state}/hooks/settings.json", json { command = "{hook-command}" } }
          facts {
            begun { event = Begun, activity = working }
            done { event = Done, where { reason = "^well$" }, activity = ready }
          }
        }
        """;

    [Fact]
    public async Task It_believes_only_the_present_process_of_an_agent_and_against_its_screen_only_for_a_moment()
    {
        await using var node = NodeUnderTest.Create();
        await File.WriteAllTextAsync(Path.Combine(node.Data, "agents", "hooked.conf"), Profile);
        await node.StartAgainAsync();
        await node.SpawnFakeAsync("a", profile: "hooked");
        await node.AgentIs("a", static a => a.State == "idle", "is idle");
        var folder = Path.Combine(node.Data, "state", "a", "hooks");
        Assert.Equal("600", Output("stat", "-c", "%a", Path.Combine(node.Data, "node.sock")));
        Assert.Equal("600", Output("stat", "-c", "%a", Path.Combine(folder, "secret")));
        var command = await File.ReadAllTextAsync(Path.Combine(folder, "settings.json"));
        Assert.Contains($"sh '{folder}/hook'", command, StringComparison.Ordinal);

        // The hook knows first; its screen, which goes on to say otherwise, is believed after a second.
        Hook(folder, """{"hook_event_name":"Begun"}""");
        var busy = await node.AgentIs("a", static a => a.State == "busy", "is busy by its hook");
        Assert.Equal(("hook", "Begun"), (busy.Fact!.Source, busy.Fact.Rule));
        await node.AgentIs("a", static a => a.State == "idle", "is idle by its screen");

        // Of a long event only the beginning comes; what is behind it is not missed.
        Hook(folder, $$"""{"hook_event_name":"Done","reason":"well","text":"{{new string('x', 200_000)}}"}""");
        await Eventually.True(async () => (await node.Client.ExplainAsync("a")).Facts.Any(static f => f.Rule == "Done"), "the long event is known");
        Hook(folder, """{"hook_event_name":"Unknown to the profile"}""");
        Hook(folder, """{"hook_event_name":"Else"}""");
        await Eventually.True(async () => (await node.Client.ExplainAsync("a")).Facts.Any(static f => f.Rule == "Else"), "an event that means nothing is shown");
        Assert.DoesNotContain((await node.Client.ExplainAsync("a")).Facts, static f => f.Rule == "Unknown to the profile");

        string[] good = ["-K", Path.Combine(folder, "curl"), "-d", """{"hook_event_name":"Begun"}"""];
        Assert.Equal("204", Status(good));
        Assert.Equal("400", Status(["-K", Path.Combine(folder, "curl"), "-d", "no event"]));
        Assert.Equal("413", Status(["-K", Path.Combine(folder, "curl"), "-d", new string('x', 70_000)]));
        var text = await File.ReadAllTextAsync(Path.Combine(folder, "curl"));
        var secret = await File.ReadAllTextAsync(Path.Combine(folder, "secret"));
        foreach (var (from, to) in ((string, string)[])[(secret, new string('0', secret.Length)), ("Agent: a", "Agent: b"), ("Generation: 1", "Generation: 2"), ("Bearer", "Basic")])
        {
            var forged = Path.Combine(node.Work, "forged");
            await File.WriteAllTextAsync(forged, text.Replace(from, to, StringComparison.Ordinal));
            Assert.Equal("403", Status(["-K", forged, "-d", """{"hook_event_name":"Begun"}"""]));
        }

        // A new process has a new secret: the old one is worth nothing.
        await node.Client.RestartAgentAsync("a");
        await node.AgentIs("a", static a => a is { State: "idle", Generation: 2 }, "is idle again");
        var old = Path.Combine(node.Work, "old");
        await File.WriteAllTextAsync(old, text.Replace("Generation: 1", "Generation: 2", StringComparison.Ordinal));
        Assert.Equal("403", Status(["-K", old, "-d", """{"hook_event_name":"Begun"}"""]));
        Assert.Equal("204", Status(good));
    }

    [Fact]
    public async Task Words_before_an_event_are_a_command_of_the_users_own_which_is_called_with_it_as_it_is()
    {
        using var folder = new TemporaryFolder();
        var (script, called) = (Path.Combine(folder.Path, "it's a hook"), Path.Combine(folder.Path, "called"));
        await File.WriteAllTextAsync(script, HookScript.Text(Path.Combine(folder.Path, "no such file")));
        const string Event = "{\"a\":\"$(touch never) 'x' \\\"y\\\" 漢\"}";
        using var call = Process.Start(new ProcessStartInfo("sh", [script, "sh", "-c", "printf '%s|' \"$@\" > \"$0\"", called, "two words", "", Event]) { UseShellExecute = false, WorkingDirectory = folder.Path })!;
        await call.WaitForExitAsync();

        Assert.Equal(0, call.ExitCode);
        Assert.Equal($"two words||{Event}|", await File.ReadAllTextAsync(called));
        Assert.False(File.Exists(Path.Combine(folder.Path, "never")));
    }

    private static void Hook(string folder, string payload)
    {
        using var call = Process.Start(new ProcessStartInfo("sh", [Path.Combine(folder, "hook")]) { RedirectStandardInput = true, UseShellExecute = false })!;
        call.StandardInput.Write(payload);
        call.StandardInput.Close();
        call.WaitForExit();
        Assert.Equal(0, call.ExitCode);
    }

    private static string Status(string[] words) => Output("curl", ["-q", "-s", "-o", "/dev/null", "-w", "%{http_code}", .. words]);

    private static string Output(string program, params string[] words)
    {
        using var process = Process.Start(new ProcessStartInfo(program, words) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return text.Trim();
    }
}
