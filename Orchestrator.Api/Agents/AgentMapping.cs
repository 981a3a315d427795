using System.Collections.Immutable;
using Orchestrator.Actors.Agents;
using Orchestrator.Client;

namespace Orchestrator.Api.Agents;

/// <summary>Agents as the API shows them.</summary>
internal static class AgentMapping
{
    public static AgentInfo ToInfo(this AgentView view, DateTimeOffset now) => new(
        view.Name.Value,
        view.State.Words(),
        view.Activity?.Words(),
        view.Detail,
        view.Since,
        view.Desired.Words(),
        view.Profile,
        view.Role,
        view.DisplayName,
        view.Folder,
        view.Worktree is { } tree ? new WorktreeInfo(tree.Path, tree.Branch) : null,
        view.Node,
        view.Generation.Value,
        view.QueueLength,
        view.Pane is { } pane ? new PaneInfo(pane.Id, pane.Window, pane.Pid, pane.Server.Socket) : null,
        view.Fact?.ToInfo(),
        view.Metadata,
        new RelationshipsInfo(view.ReportsTo?.Value, Names(view.Manages), Names(view.CollaboratesWith)),
        view.Model,
        view.Temperature,
        view.Account,
        view.Hold is { } hold && (hold.Until is null || hold.Until > now) ? new HoldInfo(hold.Reason, hold.Until) : null,
        view.Session is { } session ? new SessionInfo(session.Id, session.How?.Words(), session.Reason, session.CompactedAt) : null,
        view.Performance.ToInfo(now),
        view.LastActiveAt,
        view.CreatedAt,
        view.Position,
        view.Dialog?.ToInfo(),
        view.Decision?.ToInfo(),
        view.Policy,
        view.OnNodeLoss?.Words(),
        view is { Loss: { } loss, Activity: AgentActivity.NodeLost } ? new LossInfo(loss.Policy.Words(), loss.RePlaceAt, loss.Reason) : null);

    private static PerformanceInfo ToInfo(this AgentPerformance performance, DateTimeOffset now) => new(
        performance.Completed,
        performance.Failed,
        performance.Interrupted,
        performance.Turns.Count,
        performance.MeanResponse?.TotalSeconds,
        performance.LastResponse?.TotalSeconds,
        performance.SuccessRate,
        performance.LastError,
        performance.LastErrorAt,
        performance.Crashes,
        performance.UptimeAt(now).TotalSeconds,
        performance.RunsSince);

    public static FactInfo ToInfo(this AgentFact fact) => new(fact.Source, fact.Rule, fact.Evidence, fact.At);

    private static ImmutableArray<string> Names(ImmutableArray<AgentName> names) => names.IsDefault ? [] : [.. names.Select(static n => n.Value)];
}
