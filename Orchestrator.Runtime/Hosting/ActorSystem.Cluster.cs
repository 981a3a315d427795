namespace Orchestrator.Runtime;

public sealed partial class ActorSystem
{
    /// <summary>The cluster as this node last read it; empty for a node on its own.</summary>
    public ClusterTable Cluster => _member?.Table ?? ClusterTable.Empty;

    /// <summary>This start of this node in the cluster; null for a node on its own.</summary>
    public Member? Self => _member?.Self;

    /// <summary>Whether this node owns the entity now: then it, and no other node, does what is to be done about it once.</summary>
    public bool Owns(EntityId entity) => _host.Shards.Accepts(entity.Shard);

    /// <summary>The shards that this node owns.</summary>
    public ShardSet OwnedShards => _host.Shards.Held;

    /// <summary>Completes when the table of the cluster, or what this node owns, changes next.</summary>
    public Task ClusterChanged => _member?.Changed.Next ?? Task.Delay(Timeout.Infinite, _host.Stopping);

    /// <summary>Asks an entity of this node, for another member: what this node does not own is refused, never passed on.</summary>
    /// <exception cref="NotOwnerException">This node does not own it now.</exception>
    public Task<Answer> AskHereAsync(EntityId to, Command command, CommandId id, Sender sender, CancellationToken cancellationToken = default)
        => _ingress.AskAsync(to, command, id, sender).WaitAsync(cancellationToken);

    /// <summary>Queries an entity of this node, for another member: what this node does not own is refused, never passed on.</summary>
    /// <exception cref="NotOwnerException">This node does not own it now, or may not answer because its beats are not confirmed.</exception>
    public Task<Reply> QueryHereAsync(EntityId to, Query query, CancellationToken cancellationToken = default)
        => query is InspectNode inspect ? Task.FromResult<Reply>(Inspection.Inspect(inspect)) : _ingress.QueryAsync(to, query).WaitAsync(cancellationToken);

    /// <summary>What may be done to the members of the cluster; null for a node on its own.</summary>
    public ClusterAdministration? Administration { get; }

    /// <summary>What the live members of the cluster have in memory, this node first; of a node on its own what it has. A member that does not answer is named with its reason.</summary>
    public async Task<IReadOnlyList<InspectedNode>> InspectAllAsync(InspectNode wanted, CancellationToken cancellationToken = default)
    {
        var here = Inspection.Inspect(wanted);
        var others = Cluster.Members.Where(row => row.IsLive && row.Member.Name != _builder.Options.Node).Select(row => InspectAsync(row.Member, wanted, cancellationToken));
        return [new InspectedNode(_builder.Options.Node, here.Entities, here.Total, Failure: null), .. await Task.WhenAll(others)];
    }

    private async Task<InspectedNode> InspectAsync(Member member, InspectNode wanted, CancellationToken cancellationToken)
    {
        try
        {
            return await _builder.Cluster!.Peers.QueryAsync(member, InspectNode.Addressed(member.Name), wanted, cancellationToken) is NodeInspected there
                ? new InspectedNode(member.Name, there.Entities, there.Total, Failure: null)
                : new InspectedNode(member.Name, [], 0, "it gave an answer that this version does not know");
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && e is PeerUnreachableException or NotOwnerException or OverloadedException or StoreUnavailableException or InvalidOperationException)
        {
            return new InspectedNode(member.Name, [], 0, e.Message);
        }
    }

    private void Taken(ShardSet shards)
    {
        _reminders.NoteTaken();
        _ = WakeAsync(shards);
    }

    private async Task WakeAsync(IReadOnlyCollection<int>? shards)
    {
        try
        {
            foreach (var inbox in await _host.Journal.ReadInboxesAsync(shards, _host.Stopping))
            {
                _host.Wake(inbox.Entity, 0);
            }
        }
        catch (Exception e) when (e is StoreUnavailableException or OperationCanceledException)
        {
            // The store says it again at its next look.
        }
    }

    /// <summary>Hears what other nodes have committed.</summary>
    private sealed class Listener(ActorSystem system) : IJournalListener
    {
        public void EventsVisible() => system._events.NoteCommitted();

        public void WorkStored()
        {
            system._workers.Stored.Raise();
            system._reminders.NoteTaken();
        }

        public async ValueTask InboxStoredAsync(IReadOnlyCollection<int>? shards, CancellationToken cancellationToken) => await system.WakeAsync(shards);
    }
}
