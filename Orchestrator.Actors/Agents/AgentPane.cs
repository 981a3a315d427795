namespace Orchestrator.Actors.Agents;

/// <summary>The tmux server that a pane belongs to. Start time and process id together tell a restart of the node from one of tmux or of the machine.</summary>
/// <param name="StartTime">Seconds since 1970, as tmux reports it.</param>
/// <param name="Pid">Its process id.</param>
/// <param name="Socket">The path of its socket.</param>
public sealed record TmuxServerFact(long StartTime, int Pid, string Socket);

/// <summary>The pane that an agent's program runs in.</summary>
/// <param name="Id">The tmux pane id, <c>%n</c>.</param>
/// <param name="Window">The tmux window id, <c>@n</c>.</param>
/// <param name="Pid">The process that tmux started in it.</param>
/// <param name="Server">Its server.</param>
public sealed record AgentPane(string Id, string Window, int Pid, TmuxServerFact Server);

/// <summary>A git worktree of its own.</summary>
/// <param name="Path">Its folder.</param>
/// <param name="Branch">Its branch.</param>
public sealed record AgentWorktree(string Path, string Branch);

/// <summary>A fact that a state was derived from.</summary>
/// <param name="Source">process, hook, title, screen, worker, cluster or person.</param>
/// <param name="Rule">The rule that matched, if it was one.</param>
/// <param name="Evidence">What was seen, at most 300 characters.</param>
/// <param name="At">When it was observed.</param>
public sealed record AgentFact(string Source, string? Rule, string Evidence, DateTimeOffset At);

/// <summary>What of its profile an agent's queue must know.</summary>
/// <param name="MaxMessageBytes">The largest message, in bytes of UTF-8.</param>
/// <param name="TypesWhileWorking">The program queues what is typed while it works, so messages need not wait.</param>
/// <param name="Limits">What its role allows at most; null for no limits.</param>
/// <param name="Answers">What it answers can be read.</param>
/// <param name="TakesBrief">False for a program that runs what it is told, such as a shell: it is never briefed.</param>
public sealed record ProfileTraits(int MaxMessageBytes, bool TypesWhileWorking, RoleLimits? Limits = null, bool Answers = false, bool? TakesBrief = null);

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">Its exit code, if it is known.</param>
/// <param name="Signal">The signal that ended it, if one did.</param>
/// <param name="Reason">In words.</param>
public sealed record PaneExit(int? ExitCode, int? Signal, string Reason)
{
    /// <summary>It ended by itself and said that all was well.</summary>
    public bool Clean => ExitCode == 0 && Signal is null or 0;
}
