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
    public async Task<TranscriptText?> ReadTranscriptAsync(string name, string node, long generation, int? lines, CancellationToken cancellationToken)
        => node == system.Self?.Name
            ? await live.ReadTranscriptAsync(name, node, generation, lines, cancellationToken)
            : await ReadAsync<TranscriptText>(
                MemberOf(node) ?? throw Away($"the transcript of {name}", node),
                Path(name, string.Create(CultureInfo.InvariantCulture, $"transcript?generation={generation}{(lines is { } most ? $"&lines={most}" : string.Empty)}")),
                $"the transcript of {name}",
                cancellationToken);

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
            return await ReadAsync<T>(owner, Path(name, what), $"the pane of {name}", cancellationToken);
        }
        catch (ProblemException) when (orNothing)
        {
            // What the history says of it is told instead.
            return null;
        }
    }

    private async Task<T?> ReadAsync<T>(Member owner, string path, string what, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await peers.ReadPaneAsync<T>(owner, path, cancellationToken);
        }
        catch (PeerUnreachableException e)
        {
            throw new ProblemException(StatusCodes.Status503ServiceUnavailable, Problems.Unavailable, $"{what} is on the node {owner.Name}, and {e.Message}");
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

        return MemberOf(node) ?? (orNothing ? null : throw Away($"the pane of {name}", node));
    }

    private Member? MemberOf(string node) => system.Cluster.Members.FirstOrDefault(row => row.IsLive && row.Member.Name == node)?.Member;

    private static ProblemException Away(string what, string node)
        => new(StatusCodes.Status503ServiceUnavailable, Problems.Unavailable, $"{what} is on the node {node}, which is down: 'orc node ls' shows the nodes");
}
