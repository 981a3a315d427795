using Orchestrator.Api;
using Orchestrator.Client;
using Orchestrator.Hocon;
using Orchestrator.Node.Settings;
using Orchestrator.Runtime;

namespace Orchestrator.Node.Hosting;

/// <summary>What operators may see of this node: entities, inboxes, settings.</summary>
internal sealed class NodeInspection(ActorSystem system, NodeSettings settings) : IRuntimeInspection, ISettingsCatalog
{
    private const int MostRows = 1000;
    private static readonly string[] Secret = ["password", "secret", "token", "key"];

    /// <inheritdoc/>
    public IReadOnlyList<ActorInfo> Actors()
        => [.. system.Inspection.Entities().Select(static e => new ActorInfo(e.Id.ToString(), e.Id.Shard, (int)e.Waiting, e.Restarts, e.LastActivity))];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<InboxRowInfo>> InboxAsync(EntityId? entity, CancellationToken cancellationToken)
    {
        var entities = entity is { } one ? [one] : (await system.Inspection.InboxesAsync(cancellationToken)).Select(static i => i.Entity);
        var rows = new List<InboxRowInfo>();
        foreach (var id in entities)
        {
            var waiting = await system.Inspection.InboxAsync(id, limit: MostRows, cancellationToken: cancellationToken);
            rows.AddRange(waiting.Select(row => new InboxRowInfo(row.Ordering, id.ToString(), row.Id.Value, row.Sender.Value, row.Entry.Manifest, row.Created)));
        }

        return [.. rows.OrderBy(static r => r.Id).Take(MostRows)];
    }

    /// <inheritdoc/>
    public IReadOnlyList<SettingInfo> List() => [.. Leaves("", settings.Effective).OrderBy(static s => s.Path, StringComparer.Ordinal)];

    private static IEnumerable<SettingInfo> Leaves(string path, HoconValue value)
    {
        if (value is HoconObject branch)
        {
            return branch.SelectMany(field => Leaves(path.Length == 0 ? field.Key : $"{path}.{field.Key}", field.Value));
        }

        var hidden = Secret.Any(word => path[(path.LastIndexOf('.') + 1)..].Contains(word, StringComparison.OrdinalIgnoreCase));
        return [new SettingInfo(path, hidden ? "(redacted)" : value.ToString(), value.Origin.ToString())];
    }
}
