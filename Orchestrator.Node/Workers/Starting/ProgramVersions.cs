using System.Collections.Concurrent;
using System.Diagnostics;

using Microsoft.Extensions.Logging;

using Orchestrator.Node.Hosting;
using Orchestrator.Node.Profiles;

namespace Orchestrator.Node.Workers.Starting;

/// <summary>Which version of a program is installed, and whether its profile was tried with it.</summary>
/// <param name="Text">What the program says; null if it could not be asked.</param>
/// <param name="Evidence">That in words.</param>
internal sealed record ProgramVersion(string? Text, string Evidence);

/// <summary>Asks programs for their versions: each file once, beside everything else, and again when it has changed. A version that was not tried is driven too, and told of.</summary>
internal sealed partial class ProgramVersions(TimeProvider time, ILogger<ProgramVersions> logger)
{
    private const int MostText = 200;
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<(string Profile, string File, DateTime Written), ProgramVersion?> _asked = new();

    /// <summary>The version of a profile's program; null if it cannot be asked, or has not answered yet.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="environment">The environment that its program gets.</param>
    public ProgramVersion? Of(AgentProfile profile, IReadOnlyDictionary<string, string> environment)
    {
        if (profile.Version.Command is not [var program, ..] || ProgramFiles.Find(program) is not { } file)
        {
            return null;
        }

        var key = (profile.Name, file, File.GetLastWriteTimeUtc(file));
        if (_asked.TryAdd(key, value: null))
        {
            _ = Task.Run(async () => _asked[key] = await AskAsync(profile, file, environment));
        }

        return _asked[key];
    }

    private async Task<ProgramVersion> AskAsync(AgentProfile profile, string file, IReadOnlyDictionary<string, string> environment)
    {
        var command = string.Join(' ', profile.Version.Command);
        try
        {
            var said = (await RunAsync(file, profile.Version.Command[1..], environment)).Trim();
            var version = said.Length <= MostText ? said : said[..MostText];
            if (profile.Version.Knows(version))
            {
                return new ProgramVersion(version, $"{version}: the profile was tried with it");
            }

            LogNotTried(logger, profile.Name, version, string.Join(", ", profile.Version.Tried));
            return new ProgramVersion(version, $"{version}: the profile was tried with {string.Join(", ", profile.Version.Tried)} only, so screens and keys of it may be others");
        }
        catch (Exception exception)
        {
            LogNotKnown(logger, profile.Name, command, exception.Message);
            return new ProgramVersion(Text: null, $"not known: {command} did not say it ({exception.Message})");
        }
    }

    private async Task<string> RunAsync(string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment.Clear();
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Within, time);
        try
        {
            process.StandardInput.Close();
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await errors;
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0 && output.Trim().Length > 0 ? output : throw new InvalidOperationException($"exit code {process.ExitCode}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "the program of profile {Profile} is {Version}; the profile was tried with {Tried} only, so screens and keys of it may be others")]
    private static partial void LogNotTried(ILogger logger, string profile, string version, string tried);

    [LoggerMessage(Level = LogLevel.Information, Message = "the version of the program of profile {Profile} is not known: {Command} did not say it: {Reason}")]
    private static partial void LogNotKnown(ILogger logger, string profile, string command, string reason);
}
