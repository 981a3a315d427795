using Orchestrator.Actors.Agents;
using Orchestrator.Node.Profiles;
using Orchestrator.Node.Workers.Starting;
using Orchestrator.Tmux;

namespace Orchestrator.Node.Workers;

/// <summary>A pane that this process may act on: bound to an agent's placement, with a writer number of its own.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Generation">The placement.</param>
/// <param name="Profile">How its program is driven.</param>
/// <param name="Launch">What its program was started with.</param>
/// <param name="Environment">The environment that the profile gives its program.</param>
/// <param name="Pane">The pane.</param>
/// <param name="ProcessId">The process that tmux started in it.</param>
/// <param name="Writer">The writer number.</param>
internal sealed record BoundPane(AgentName Agent, Generation Generation, AgentProfile Profile, LaunchContext Launch, IReadOnlyDictionary<string, string> Environment, PaneId Pane, int ProcessId, long Writer)
{
    /// <summary>Names that may stand in the foreground when something is typed.</summary>
    public IReadOnlyList<string> Programs => Profile.Programs.Expected;

    /// <summary>Whether these are facts of this pane: the ids of panes begin anew with each tmux server, so that another one may have the same.</summary>
    public bool Is(PaneFacts facts) => facts.Pane == Pane && facts.ProcessId == ProcessId;

    /// <summary>The version of its program, as far as that is known by now.</summary>
    public ProgramVersion? Version(ProgramVersions versions) => versions.Of(Profile, Environment);

    /// <summary>The marks on it; null if it is gone.</summary>
    public async Task<PaneMarks?> MarksAsync(WorkerContext context, CancellationToken cancellation)
        => await context.Tmux.Panes.FindAsync(Pane, cancellation) is { } facts && Is(facts) ? facts.Marks : null;
}
