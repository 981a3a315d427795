using Orchestrator.Actors.Agents;
using Orchestrator.Api;

namespace Orchestrator.Lighthouse.FrontDoor;

/// <summary>A lighthouse has no panes of its own: those of nodes are asked for there.</summary>
internal sealed class NoPanes : ILiveAgents, IPaneRecorder, IPaneInventory
{
    /// <inheritdoc/>
    public Task<LiveOutput?> CaptureAsync(string name, int? lines, CancellationToken cancellationToken) => Task.FromResult<LiveOutput?>(null);

    /// <inheritdoc/>
    public Task<LiveExplanation?> ExplainAsync(string name, CancellationToken cancellationToken) => Task.FromResult<LiveExplanation?>(null);

    /// <inheritdoc/>
    public Task<TranscriptText?> ReadTranscriptAsync(string name, string node, long generation, int? lines, CancellationToken cancellationToken) => Task.FromResult<TranscriptText?>(null);

    /// <inheritdoc/>
    public IAsyncEnumerable<string>? Record(string name, CancellationToken cancellationToken) => null;

    /// <inheritdoc/>
    public Task<IReadOnlyList<InventoryPane>> ListAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<InventoryPane>>([]);

    /// <inheritdoc/>
    public Task<bool> CloseAsync(InventoryPane pane, CancellationToken cancellationToken) => Task.FromResult(false);
}
