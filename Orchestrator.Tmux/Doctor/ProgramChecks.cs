using System.ComponentModel;
using System.Diagnostics;

namespace Orchestrator.Tmux;

/// <summary>Checks of the programs that are needed.</summary>
internal static class ProgramChecks
{
    public static async Task<DoctorFinding> TmuxAsync(TmuxServerOptions options, CancellationToken cancellation)
        => await RunAsync(options.Tmux, ["-V"], cancellation) is { } text
            ? Version(text)
            : new("tmux", DoctorVerdict.Fail, $"{options.Tmux} is not there", "Install it: apt install tmux");

    public static DoctorFinding Version(string text)
    {
        if (!TmuxVersion.TryParse(text, out var version))
        {
            return new("tmux", DoctorVerdict.Warn, $"'{text}' is no version that is understood", "Use a released version, 3.2 to 3.5.");
        }

        return version!.IsBefore(TmuxVersion.Oldest) ? new("tmux", DoctorVerdict.Fail, $"version {version}", $"Install {TmuxVersion.Oldest} or later: older ones lack formats and flags that the driver needs.")
            : version == TmuxVersion.Measured ? new("tmux", DoctorVerdict.Ok, $"version {version}")
            : TmuxVersion.Newest.IsBefore(version) ? new("tmux", DoctorVerdict.Warn, $"version {version}, newer than any that was tried", "Run the driver's tests on this machine before you rely on it.")
            : new("tmux", DoctorVerdict.Warn, $"version {version}; the driver's figures and guards were measured on {TmuxVersion.Measured}", "Expected to work. Run the driver's tests on this machine to be sure.");
    }

    public static DoctorFinding SessionStarter()
        => ProgramPath.Find("setsid", Environment.GetEnvironmentVariable("PATH")) is { } path
            ? new("setsid", DoctorVerdict.Ok, path)
            : new("setsid", DoctorVerdict.Warn, "not found", "Install util-linux: without it a Ctrl-C at the node's terminal also ends its connection to tmux, which is then made anew.");

    public static DoctorFinding Terminal(TmuxServerOptions options)
    {
        var name = ServerSettings.Terminal(options);
        return ServerSettings.KnowsTerminal(name)
            ? new("terminal", DoctorVerdict.Ok, $"TERM={name} in panes")
            : new("terminal", DoctorVerdict.Fail, $"the terminal database has no entry for {name}", "Install ncurses-term or ncurses-base: programs draw wrongly without it.");
    }

    /// <summary>A program's standard output, or null if it is not there or fails.</summary>
    public static async Task<string?> RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        try
        {
            using var process = Process.Start(start);
            if (process is null)
            {
                return null;
            }

            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(TimeSpan.FromSeconds(5));
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            var text = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await error;
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0 ? text.Trim() : null;
        }
        catch (Win32Exception)
        {
            // There is no such program.
            return null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // It does not answer: as good as not there.
            return null;
        }
    }
}
