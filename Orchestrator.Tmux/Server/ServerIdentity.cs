using System.Globalization;

namespace Orchestrator.Tmux;

/// <summary>
/// Which server it is. Both numbers are needed: several servers can start in one second, and process ids come again.
/// </summary>
/// <param name="StartTime">Unix seconds at which the server started.</param>
/// <param name="Pid">Process id of the server.</param>
public sealed record ServerIdentity(long StartTime, int Pid)
{
    internal const string Format = "#{start_time} #{pid}";

    /// <summary>Reads the form written by <see cref="ToString"/>.</summary>
    public static bool TryParse(string? text, out ServerIdentity? identity)
    {
        identity = null;
        var parts = (text ?? "").Split(' ');
        if (parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var start)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
        {
            identity = new ServerIdentity(start, pid);
        }

        return identity is not null;
    }

    /// <summary><c>START PID</c>, as <see cref="TryParse"/> reads it.</summary>
    public override string ToString() => $"{StartTime} {Pid}";
}

/// <summary>How a running server was come by.</summary>
public enum ServerArrival
{
    /// <summary>None was running: this one is new and has no panes yet.</summary>
    Started,

    /// <summary>It was running already.</summary>
    Adopted,

    /// <summary>It was running but its socket was gone, and was made again.</summary>
    SocketRepaired,
}

/// <summary>The outcome of <see cref="TmuxServer.EnsureStartedAsync"/>.</summary>
/// <param name="Identity">Which server runs now.</param>
/// <param name="Arrival">How it was come by.</param>
/// <param name="Version">What <c>tmux</c> calls its version, such as <c>3.3a</c>.</param>
public sealed record ServerStart(ServerIdentity Identity, ServerArrival Arrival, string Version);
