using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Inspection;

/// <summary>What of the runtime operators may see, from the runtime of this process.</summary>
internal sealed class RuntimeInspectionReader(RuntimeInspection runtime) : IRuntimeInspection
{
    private const int Most = 1000;

    public IReadOnlyList<ActorInfo> Actors()
        => [.. runtime.Entities().Select(static e => new ActorInfo(e.Id.ToString(), e.Shard, (int)Math.Min(e.Waiting, int.MaxValue), e.Restarts, e.LastActivity))];

    public async Task<IReadOnlyList<InboxRowInfo>> InboxAsync(EntityId? entity, CancellationToken cancellationToken)
    {
        var rows = new List<InboxRowInfo>();
        var entities = entity is { } one ? [one] : (await runtime.InboxesAsync(cancellationToken)).Select(static i => i.Entity).ToList();
        foreach (var inbox in entities.TakeWhile(_ => rows.Count < Most))
        {
            var found = await runtime.InboxAsync(inbox, limit: Most - rows.Count, cancellationToken: cancellationToken);
            rows.AddRange(found.Select(static r => new InboxRowInfo(r.Ordering, r.To.ToString(), r.Id.Value, r.Sender.Value, r.Entry.Manifest, r.Created)));
        }

        return [.. rows.OrderBy(static r => r.Id)];
    }
}
