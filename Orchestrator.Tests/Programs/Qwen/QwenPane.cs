using System.Diagnostics;
using System.Globalization;
using Orchestrator.Node.Profiles;
using Orchestrator.Node.Screens;
using Orchestrator.Tests.Support;
using Shipped = Orchestrator.Tests.Node.Profiles.Profiles;

namespace Orchestrator.Tests.Programs.Qwen;

/// <summary>The real Qwen Code in a pane of a tmux server of its own, started as its profile says. Everything is asked of tmux by single commands: slow, but nothing stands between the test and the truth.</summary>
internal sealed class QwenPane : IAsyncDisposable
{
    private const string Pane = "qwen:0.0";
    private readonly string _socket;
    private readonly LaunchContext _context;

    private QwenPane(string socket, LaunchContext context)
    {
        _socket = socket;
        _context = context;
    }

    public static AgentProfile Profile => Shipped.Qwen;

    /// <summary>Starts it; does not wait until it is ready.</summary>
    public static async Task<QwenPane> Start(ProgramHome home, TemporaryFolder folder, bool resume = false)
    {
        var context = new LaunchContext("qwen", 1, home.Folder, folder.Path, "orc", home.Environment, []);
        var pane = new QwenPane(folder["tmux"], context);
        var launch = Launch.Of(Profile, context, resume);
        var size = Profile.Size;
        List<string> words =
        [
            "-f", "/dev/null", "new-session", "-d", "-s", "qwen", "-c", home.Folder,
            "-x", size.Columns.ToString(CultureInfo.InvariantCulture), "-y", size.Rows.ToString(CultureInfo.InvariantCulture),
            "env", "-i", "TERM=tmux-256color", .. launch.Environment.Select(variable => $"{variable.Key}={variable.Value}"),
            .. launch.Command,
        ];
        await pane.Tmux([.. words]);
        await pane.Tmux("set-option", "-g", "remain-on-exit", "on");
        return pane;
    }

    public async Task<ScreenSnapshot> Screen()
    {
        const string Facts = "#{pane_current_command}\t#{cursor_flag}\t#{cursor_x}\t#{cursor_y}\t#{alternate_on}\t#{mouse_any_flag}\t#{pane_in_mode}\t#{pane_dead}\t#{pane_dead_status}\t#{pane_dead_signal}\t#{pane_title}";
        var capture = await Tmux("capture-pane", "-e", "-p", "-t", Pane);
        var facts = (await Tmux("display-message", "-p", "-t", Pane, Facts)).TrimEnd('\n').Split('\t', 11);
        if (facts is [_, _, _, _, _, _, _, "1", "", "", ..])
        {
            // tmux misses the end of a child now and then (libutempter sets the signal aside for a moment), and finds it when the next one ends.
            await Tmux("run-shell", "true");
        }

        return ScreenSnapshot.FromCapture(capture, new PaneFacts
        {
            CurrentCommand = facts[0],
            CursorShown = facts[1] == "1",
            CursorX = Number(facts[2]),
            CursorY = Number(facts[3]),
            AlternateOn = facts[4] == "1",
            MouseOn = facts[5] == "1",
            InMode = facts[6] == "1",
            Dead = facts[7] == "1",
            DeadStatus = facts[8].Length == 0 ? null : Number(facts[8]),
            DeadSignal = facts[9].Length == 0 ? null : Number(facts[9]),
            Title = facts[10],
        });
    }

    /// <summary>Waits until the screen has settled on an activity, and returns the reading.</summary>
    public async Task<ScreenReading> Becomes(ScreenActivity activity, TimeSpan? within = null)
    {
        var settler = new ReadingSettler();
        var last = default(ScreenSnapshot);
        try
        {
            return (await Eventually.Value(
                async () =>
                {
                    last = await Screen();
                    settler.Observe(Profile.Read(last), TimeProvider.System.GetUtcNow());
                    return settler.Settled;
                },
                reading => reading?.Activity == activity,
                $"Qwen is {activity.Name()}",
                within ?? TimeSpan.FromSeconds(150)))!;
        }
        catch (Xunit.Sdk.XunitException e)
        {
            throw new InvalidOperationException($"{e.Message}; the title is {last?.Pane.Title}, the screen:\n{string.Join('\n', last?.Lines ?? [])}", e);
        }
    }

    /// <summary>Pastes a text, waits until the input holds it, and submits it: once, as the profile says.</summary>
    public async Task<TranscriptSearch> Say(string text)
    {
        await Paste(text);
        await Eventually.True(async () => Profile.Read(await Screen()).Composer.Holds(text), "the input holds the text", Profile.Typing.SeenWithin);
        await Task.Delay(Profile.Typing.Settle);
        var search = TranscriptSearch.FromNow(Profile.Transcript!, _context);
        await Press(Profile.Typing.SubmitKey);
        return search;
    }

    public async Task Paste(string text)
    {
        await Tmux(["load-buffer", "-b", "m", "-"], text);
        await Tmux("paste-buffer", "-p", "-r", "-d", "-b", "m", "-t", Pane);
    }

    public Task Press(string key) => Tmux("send-keys", "-t", Pane, key);

    public Task Type(string text) => Tmux("send-keys", "-t", Pane, "-l", text);

    /// <summary>Ends it, and returns when it is gone: it writes into its home until its end.</summary>
    public async ValueTask DisposeAsync()
    {
        var pid = Number((await Tmux("display-message", "-p", "-t", Pane, "#{pane_pid}")).TrimEnd('\n'));
        await Tmux("kill-server");
        await Eventually.True(() => !IsRunning(pid), "Qwen is gone");
    }

    /// <summary>Whether a process of the session that the pane's program leads is left: it runs its work in a child.</summary>
    private static bool IsRunning(int session)
        => Directory.EnumerateDirectories("/proc").Any(process => char.IsAsciiDigit(process[^1]) && SessionOf(process) == session);

    private static int SessionOf(string process)
    {
        try
        {
            var stat = File.ReadAllText(Path.Combine(process, "stat"));
            return Number(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[3]);
        }
        catch (IOException)
        {
            // It has ended since it was listed.
            return -1;
        }
    }

    private Task<string> Tmux(params string[] words) => Tmux(words, null);

    private async Task<string> Tmux(string[] words, string? input)
    {
        var start = new ProcessStartInfo("tmux") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var word in (string[])["-S", _socket, .. words])
        {
            start.ArgumentList.Add(word);
        }

        using var process = Process.Start(start)!;
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input);
        }

        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"tmux {words[0]}: {await error}");
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
