using System.Collections.Immutable;
using System.Text.Json;

namespace Orchestrator.Client;

/// <summary>The cluster as the node that was asked sees it. A node on its own is the one member of its cluster.</summary>
/// <param name="Self">The node that was asked.</param>
/// <param name="Alone">It is no member of a cluster.</param>
/// <param name="Format">The <c>cluster.format</c> in force.</param>
/// <param name="Members">Everybody who ever joined, by name.</param>
public sealed record ClusterInfo(string Self, bool Alone, int Format, ImmutableArray<ClusterMemberInfo> Members);

/// <summary>A member of the cluster.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Self">It is the node that was asked.</param>
/// <param name="State">joining, up, leaving or down.</param>
/// <param name="Reachable">Its beat moves on, as the node that was asked sees it; null where it does not watch it: itself, and what is down.</param>
/// <param name="SilentSeconds">For how long its beat has stood still, in seconds; null where it is not watched.</param>
/// <param name="Shards">How many shards it owns.</param>
/// <param name="Incarnation">The number of this start of it; 0 for a node on its own.</param>
/// <param name="Beat">Its counter of beats.</param>
/// <param name="Address">Where the other members reach it; the address of the API for a node on its own.</param>
/// <param name="Roles">What it is there for.</param>
/// <param name="Version">The version of its program.</param>
/// <param name="Format">The newest <c>cluster.format</c> that it can read.</param>
public sealed record ClusterMemberInfo(
    string Name,
    bool Self,
    string State,
    bool? Reachable,
    double? SilentSeconds,
    int Shards,
    long Incarnation,
    long Beat,
    string Address,
    ImmutableArray<string> Roles,
    string Version,
    int Format);

/// <summary>A shard.</summary>
/// <param name="Shard">Its number, 0 to 63.</param>
/// <param name="State">owned; moving, from its owner to its rightful owner; free; lost, with an owner that is down.</param>
/// <param name="Owner">Who owns it; null if nobody does.</param>
/// <param name="Rightful">Who should own it; null if nobody can.</param>
/// <param name="Incarnation">The owner's incarnation when it took the shard.</param>
/// <param name="Epoch">How often it has been taken.</param>
public sealed record ShardInfo(int Shard, string State, string? Owner, string? Rightful, long Incarnation, long Epoch);

/// <summary>Members that were marked down.</summary>
public sealed record MarkedDownInfo(ImmutableArray<string> Members);

/// <summary>An entity that is in memory.</summary>
/// <param name="Entity">Its name, <c>kind/id</c>.</param>
/// <param name="Shard">Its shard.</param>
/// <param name="MailboxLength">How many commands wait for it.</param>
/// <param name="Restarts">How often it failed and was started again since it came to memory.</param>
/// <param name="LastActive">When it last did something.</param>
/// <param name="Node">Where it is.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Condition">activating, active, backing_off or quarantined.</param>
/// <param name="Reason">Why, where it is quarantined.</param>
/// <param name="Version">The sequence number of its last event.</param>
public sealed record ActorInfo(
    string Entity, int Shard, int MailboxLength, int Restarts, DateTimeOffset LastActive, string Node, string Kind, string Condition, string? Reason, long Version);

/// <summary>The entities in memory.</summary>
/// <param name="Actors">By node, shard, kind and name.</param>
/// <param name="Total">How many there are, also beyond the limit.</param>
/// <param name="Unanswered">The members that could not be asked: what they have in memory is missing.</param>
public sealed record ActorsInfo(ImmutableArray<ActorInfo> Actors, int Total, ImmutableArray<UnansweredInfo> Unanswered);

/// <summary>A member that could not be asked.</summary>
public sealed record UnansweredInfo(string Node, string Reason);

/// <summary>A kind of entity, which is what is sharded.</summary>
/// <param name="Kind">Its name.</param>
/// <param name="Entities">How many of it are in memory.</param>
/// <param name="Shards">In how many shards those are.</param>
/// <param name="Nodes">On how many nodes.</param>
/// <param name="Waiting">How many commands wait for them.</param>
/// <param name="Restarts">How often they were started again.</param>
/// <param name="Quarantined">How many this version cannot bring to life.</param>
public sealed record RegionInfo(string Kind, int Entities, int Shards, int Nodes, long Waiting, long Restarts, int Quarantined);

/// <summary>All regions.</summary>
public sealed record RegionsInfo(ImmutableArray<RegionInfo> Regions, ImmutableArray<UnansweredInfo> Unanswered);

/// <summary>A shard of a region.</summary>
public sealed record RegionShardInfo(int Shard, string State, string? Owner, long Epoch, int Entities, long Waiting);

/// <summary>The shards of a region, in order.</summary>
public sealed record RegionStatsInfo(string Kind, ImmutableArray<RegionShardInfo> Shards, ImmutableArray<UnansweredInfo> Unanswered);

/// <summary>One entity, wherever it is.</summary>
/// <param name="Entity">Its name, <c>kind/id</c>.</param>
/// <param name="Shard">Its shard and who owns that.</param>
/// <param name="Live">How it is in memory, before it was asked for its state; null if it was not there.</param>
/// <param name="Version">The sequence number of its last event; 0: nothing has happened to it yet.</param>
/// <param name="InboxRows">How many stored commands wait for it (at most 1,000 are counted).</param>
/// <param name="State">Its state; null if it could not be asked or has none that can be written.</param>
/// <param name="Failure">Why it could not be asked.</param>
public sealed record EntityInfo(string Entity, ShardInfo Shard, ActorInfo? Live, long Version, int InboxRows, JsonElement? State, string? Failure);

/// <summary>A stored name and what it stands for.</summary>
/// <param name="Name">The manifest.</param>
/// <param name="Type">event, command, query, reply, worker_command, or old: read and lifted, no longer written.</param>
/// <param name="Fields">The fields of its payload, with <c>?</c> where they may be left out.</param>
public sealed record ManifestInfo(string Name, string Type, ImmutableArray<string> Fields);

/// <summary>A command or a query for an entity.</summary>
/// <param name="Entity">Whom: <c>kind/id</c>.</param>
/// <param name="Manifest">What: its stored name.</param>
/// <param name="Payload">Its fields; none if left out.</param>
public sealed record AskRequest(string Entity, string Manifest, JsonElement? Payload = null);

/// <summary>What the entity answered.</summary>
/// <param name="Manifest">The stored name of the reply; null if it has none.</param>
/// <param name="Reply">Its fields.</param>
/// <param name="Position">The position of the commit; 0 if there was none.</param>
/// <param name="Repeated">The command had been processed before; this is its stored reply.</param>
public sealed record AskInfo(string? Manifest, JsonElement Reply, long Position, bool Repeated);

/// <summary>A line of the node's own log.</summary>
/// <param name="Number">Its number since the start of the node, from 1.</param>
/// <param name="At">When.</param>
/// <param name="Level">trace, debug, information, warning, error or critical.</param>
/// <param name="Source">Which part has written it.</param>
/// <param name="Text">The line, secrets redacted.</param>
/// <param name="Error">The exception, if there was one, secrets redacted.</param>
public sealed record LogLineInfo(long Number, DateTimeOffset At, string Level, string Source, string Text, string? Error);

/// <summary>Lines of the node's own log.</summary>
/// <param name="Lines">In order.</param>
/// <param name="Last">The number of the newest line: what to ask for further ones with.</param>
/// <param name="Lost">How many lines between what was asked for and the first are no longer kept.</param>
public sealed record LogInfo(ImmutableArray<LogLineInfo> Lines, long Last, long Lost);
