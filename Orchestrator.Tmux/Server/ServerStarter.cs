using System.Diagnostics;

namespace Orchestrator.Tmux;

/// <summary>Finds, repairs or starts the server behind a socket, with one process for each step.</summary>
internal sealed class ServerStarter(TmuxServerOptions options, TmuxProcess process, string socketPath)
{
    /// <summary>What a server is asked to say who it is.</summary>
    public const string AskFormat = ServerIdentity.Format + " #{version}";

    // tmux gives up a start when another client meets the new server at the wrong moment; nothing is lost by asking again.
    private const int StartAttempts = 5;

    /// <summary>Makes a running server reachable again; null if there is none.</summary>
    public async Task<ServerStart?> ReachAsync(ServerIdentity? known, CancellationToken cancellation)
    {
        if (await AskAsync(cancellation) is { } found)
        {
            return found with { Arrival = ServerArrival.Adopted };
        }

        var living = ServerProcesses.Of(socketPath).OrderBy(pid => pid != known?.Pid).ToList();
        foreach (var pid in living)
        {
            ServerProcesses.AskForSocket(pid);
            var watch = Stopwatch.StartNew();
            while (watch.Elapsed < TimeSpan.FromSeconds(3))
            {
                if (await AskAsync(cancellation) is { } repaired)
                {
                    return repaired with { Arrival = ServerArrival.SocketRepaired };
                }

                await Task.Delay(TimeSpan.FromMilliseconds(25), cancellation);
            }
        }

        return living.Count == 0
            ? null
            : throw new TmuxServerException(
                $"the tmux server (process {string.Join(", ", living)}) runs but does not answer on {socketPath}. It may be stopped (kill -CONT) or stuck; no second one is started beside it.");
    }

    public static ServerStart? ReadAnswer(string text)
    {
        var end = text.LastIndexOf(' ');
        return end > 0 && ServerIdentity.TryParse(text[..end], out var identity)
            ? new ServerStart(identity!, ServerArrival.Adopted, text[(end + 1)..])
            : null;
    }

    private async Task<ServerStart?> AskAsync(CancellationToken cancellation)
    {
        if (!File.Exists(socketPath))
        {
            return null;
        }

        TmuxProcessResult answer;
        try
        {
            answer = await process.RunAsync(["display-message", "-p", AskFormat], cancellation);
        }
        catch (TmuxOutcomeUnknownException exception)
        {
            throw new TmuxServerException($"the tmux server does not answer on {socketPath}. It may be stopped (kill -CONT) or stuck.", exception);
        }

        return answer.Succeeded ? ReadAnswer(answer.Output) : null;
    }

    /// <summary>Starts a server with its settings and session.</summary>
    public async Task<ServerStart> StartAsync(CancellationToken cancellation)
    {
        var version = await process.RunAsync(["-V"], cancellation, mayStart: true);
        if (TmuxVersion.TryParse(version.Output, out var found) && found!.IsBefore(TmuxVersion.Oldest))
        {
            throw new TmuxServerException($"tmux {found} is too old: {TmuxVersion.Oldest} or later is needed.");
        }

        var trouble = "";
        for (var attempt = 0; attempt < StartAttempts; attempt++)
        {
            // One list: the server would leave again before a second client could tell it to stay.
            var answer = await process.RunAsync(
                ["start-server", ";", .. ServerSettings.Apply(options), ";", .. ServerSettings.MakeSession(options)], cancellation, mayStart: true);
            if (await AskAsync(cancellation) is { } start)
            {
                return start with { Arrival = ServerArrival.Started };
            }

            trouble = answer.Error.Length > 0 ? answer.Error : $"exit code {answer.ExitCode}";
            await Task.Delay(TimeSpan.FromMilliseconds(40), cancellation);
        }

        throw new TmuxServerException($"the tmux server did not start: {trouble}");
    }

    /// <summary>Gives a running server its settings, and its session if that is gone.</summary>
    public async Task PrepareAsync(CancellationToken cancellation)
    {
        var settings = await process.RunAsync([.. ServerSettings.Apply(options)], cancellation);
        if (!settings.Succeeded)
        {
            throw new TmuxServerException($"the tmux server did not take its settings: {settings.Error}");
        }

        var session = await process.RunAsync(["has-session", "-t", $"={options.Session}"], cancellation);
        if (!session.Succeeded)
        {
            var made = await process.RunAsync(ServerSettings.MakeSession(options), cancellation);
            if (!made.Succeeded && !made.Error.Contains("duplicate session", StringComparison.Ordinal))
            {
                throw new TmuxServerException($"the session '{options.Session}' could not be made: {made.Error}");
            }
        }
    }
}
