using System.Diagnostics;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Cli;

/// <summary>A plain tmux server, to run programs on a terminal as a person would.</summary>
internal sealed class TerminalServer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string Socket => _folder["s"];

    public string this[string name] => _folder[name];

    public string Folder => _folder.Path;

    /// <summary>Starts a program in a session of its own.</summary>
    public async Task StartAsync(string session, params string[] command)
        => await RunAsync(["-f", "/dev/null", "new-session", "-d", "-s", session, "-x", "100", "-y", "30", "-c", Folder, .. command]);

    public Task<string> RunAsync(params string[] arguments) => RunWithInputAsync(string.Empty, arguments);

    public async Task<string> RunWithInputAsync(string input, params string[] arguments)
    {
        var start = new ProcessStartInfo("tmux") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["-u", "-S", Socket, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Remove("TMUX");
        using var process = Process.Start(start)!;
        if (input.Length > 0)
        {
            await process.StandardInput.WriteAsync(input);
        }

        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"tmux {string.Join(' ', arguments)}: {errors}");
        return (await output).TrimEnd('\n');
    }

    /// <summary>The rows of a session's screen.</summary>
    public async Task<string[]> ScreenAsync(string session) => (await RunAsync("capture-pane", "-p", "-t", $"={session}:")).Split('\n');

    public async Task<string> AskAsync(string session, string format) => await RunAsync("display-message", "-p", "-t", $"={session}:", format);

    /// <summary>Whether a session's program has ended, and its exit code. The server misses the end of a child now and then: it is told to look.</summary>
    public async Task<string> AskHowItEndedAsync(string session)
    {
        var answer = await AskAsync(session, "#{pane_dead} #{pane_dead_status}");
        if (answer == "1 ")
        {
            using var kill = Process.Start("kill", ["-CHLD", await AskAsync(session, "#{pid}")]);
            await kill.WaitForExitAsync();
        }

        return answer;
    }

    public async Task KeysAsync(string session, params string[] keys) => await RunAsync(["send-keys", "-t", $"={session}:", .. keys]);

    public async Task PasteAsync(string session, string text)
    {
        await RunWithInputAsync(text, "load-buffer", "-b", "b", "-");
        await RunAsync("paste-buffer", "-p", "-r", "-d", "-b", "b", "-t", $"={session}:");
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync("kill-server");
        await Eventually.True(() => !IsListening(), "the server is gone");
        _folder.Dispose();
    }

    private bool IsListening()
    {
        var probe = new ProcessStartInfo("tmux") { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true, ArgumentList = { "-S", Socket, "-N", "list-sessions" } };
        using var process = Process.Start(probe)!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
