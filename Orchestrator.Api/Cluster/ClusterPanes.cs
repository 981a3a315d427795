using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Orchestrator.Actors.Agents;
using Orchestrator.Api.Requests;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Cluster;

/// <summary>Reads of panes in a cluster: those of this node from its worker, those of others from theirs.</summary>
/// <param name="live">The reads of this node.</param>
/// <param name="recorder">The recordings of this node.</param>
/// <param name="system">Who is a member.</param>
/// <param name="peers">The way to the others.</param>
public sealed class ClusterPanes(ILiveAgents live, IPaneRecorder recorder, ActorSystem system, HttpPeers peers) : ILiveAgents, IPaneRecorder
{
    /// <inheritdoc/>
    public async Task<LiveOutput?> CaptureAsync(string name, int? lines, CancellationToken cancellationToken)
        => await live.CaptureAsync(name, lines, cancellationToken)
            ?? await ThereAsync<LiveOutput>(name, lines is { } most ? string.Create(CultureInfo.InvariantCulture, $"output?lines={most}") : "output", cancellationToken);

    /// <inheritdoc/>
    public async Task<LiveExplanation?> ExplainAsync(string name, CancellationToken cancellationToken)
        => await live.ExplainAsync(name, cancellationToken) ?? await ThereAsync<LiveExplanation>(name, "explanation", cancellationToken, orNothing: true);

    /// <inheritdoc/>
    public IAsyncEnumerable<string>? Record(string name, CancellationToken cancellationToken) => recorder.Record(name, cancellationToken) ?? RecordThereAsync(name, cancellationToken);

    private static string Path(string name, string what) => $"{PeerPanes.Root}/{name}/{what}";

    private async Task<T?> ThereAsync<T>(string name, string what, CancellationToken cancellationToken, bool orNothing = false)
        where T : class
    {
        if (await OwnerAsync(name, cancellationToken, orNothing) is not { } owner)
        {
            return null;
        }

        try
        {
            return await peers.ReadPaneAsync<T>(owner, Path(name, what), cancellationToken);
        }
        catch (PeerUnreachableException) when (orNothing)
        {
            // What the history says of it is told instead.
            return null;
        }
        catch (PeerUnreachableException e)
        {
            throw new ProblemException(StatusCodes.Status503ServiceUnavailable, Problems.Unavailable, $"the pane of {name} is on the node {owner.Name}, and {e.Message}");
        }
    }

    private async IAsyncEnumerable<string> RecordThereAsync(string name, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await OwnerAsync(name, cancellationToken, orNothing: false) is { } owner)
        {
            await foreach (var line in peers.ReadRecordingAsync(owner, Path(name, "recording"), cancellationToken))
            {
                yield return line;
            }
        }
    }

    // Null: it has no pane anywhere, or the pane is this node's own and was not found.
    private async Task<Member?> OwnerAsync(string name, CancellationToken cancellationToken, bool orNothing)
    {
        if (await system.Views.GetAsync<AgentView>(AgentView.ViewName, name, cancellationToken) is not { Pane: not null, Node: { } node } || node == system.Self?.Name)
        {
            return null;
        }

        return system.Cluster.Members.FirstOrDefault(row => row.IsLive && row.Member.Name == node) is { } row ? row.Member
            : orNothing ? null
            : throw new ProblemException(StatusCodes.Status503ServiceUnavailable, Problems.Unavailable, $"the pane of {name} is on the node {node}, which is down: 'orc node ls' shows the nodes");
    }
}
