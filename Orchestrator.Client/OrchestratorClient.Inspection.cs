using System.Collections.Immutable;
using System.Globalization;

namespace Orchestrator.Client;

public sealed partial class OrchestratorClient
{
    private const string Root = "/api/v1";

    /// <summary>The node.</summary>
    public Task<NodeInfo> GetNodeAsync(CancellationToken cancellationToken = default) => GetAsync($"{Root}/node", ApiJson.Wire.NodeInfo, cancellationToken);

    /// <summary>The profiles that agents can be spawned with.</summary>
    public Task<ImmutableArray<ProfileInfo>> ListProfilesAsync(CancellationToken cancellationToken = default)
        => GetAsync($"{Root}/profiles", ApiJson.Wire.ImmutableArrayProfileInfo, cancellationToken);

    /// <summary>The accounts whose limits agents share.</summary>
    public Task<ImmutableArray<QuotaInfo>> ListQuotasAsync(CancellationToken cancellationToken = default)
        => GetAsync($"{Root}/quotas", ApiJson.Wire.ImmutableArrayQuotaInfo, cancellationToken);

    /// <summary>Says that the limit of an account is over: its agents are typed to again at once.</summary>
    /// <exception cref="ApiException"><c>not-found</c>: there is no such account.</exception>
    public Task<QuotaInfo> ClearQuotaAsync(string account, CancellationToken cancellationToken = default)
        => PostAsync($"{Root}/quotas/{Uri.EscapeDataString(account)}/clear", body: null, ApiJson.Wire.QuotaInfo, cancellationToken);

    /// <summary>The roles, in the order of their names.</summary>
    public Task<ImmutableArray<RoleInfo>> ListRolesAsync(CancellationToken cancellationToken = default)
        => GetAsync($"{Root}/roles", ApiJson.Wire.ImmutableArrayRoleInfo, cancellationToken);

    /// <summary>The role <paramref name="name"/>.</summary>
    /// <exception cref="ApiException"><c>not-found</c>: there is none.</exception>
    public Task<RoleInfo> GetRoleAsync(string name, CancellationToken cancellationToken = default)
        => GetAsync($"{Root}/roles/{Uri.EscapeDataString(name)}", ApiJson.Wire.RoleInfo, cancellationToken);

    /// <summary>Commands that were set aside, the oldest first.</summary>
    public Task<ImmutableArray<DeadLetterInfo>> ListDeadLettersAsync(long after = 0, int limit = 100, CancellationToken cancellationToken = default)
        => GetAsync(Query($"{Root}/dead-letters", ("after", Text(after)), ("limit", Text(limit))), ApiJson.Wire.ImmutableArrayDeadLetterInfo, cancellationToken);

    /// <summary>Puts a dead letter back into its entity's inbox.</summary>
    /// <exception cref="ApiException"><c>not-found</c>: there is none of this number.</exception>
    public async Task ResendDeadLetterAsync(long id, CancellationToken cancellationToken = default)
        => (await ExchangeAsync(HttpMethod.Post, string.Create(CultureInfo.InvariantCulture, $"{Root}/dead-letters/{id}/resend"), body: null, MessageId.New(_time), cancellationToken)).Dispose();

    /// <summary>Removes a dead letter for good.</summary>
    /// <exception cref="ApiException"><c>not-found</c>: there is none of this number.</exception>
    public async Task DropDeadLetterAsync(long id, CancellationToken cancellationToken = default)
        => (await ExchangeAsync(HttpMethod.Delete, string.Create(CultureInfo.InvariantCulture, $"{Root}/dead-letters/{id}"), body: null, MessageId.New(_time), cancellationToken)).Dispose();

    /// <summary>Events after a position, in order; only those of one entity (<c>kind/id</c>) if given.</summary>
    public Task<ImmutableArray<EventInfo>> ReadJournalAsync(string? entity = null, long after = 0, int limit = 100, CancellationToken cancellationToken = default)
        => GetAsync(Query($"{Root}/journal", ("entity", entity), ("after", Text(after)), ("limit", Text(limit))), ApiJson.Wire.ImmutableArrayEventInfo, cancellationToken);

    /// <summary>The last events before a position, in order; only those of one entity (<c>kind/id</c>) if given. Costs what it gives, however long the history is.</summary>
    public Task<ImmutableArray<EventInfo>> ReadLastOfJournalAsync(string? entity = null, long before = long.MaxValue, int limit = 100, CancellationToken cancellationToken = default)
        => GetAsync(Query($"{Root}/journal", ("entity", entity), ("before", Text(before)), ("limit", Text(limit))), ApiJson.Wire.ImmutableArrayEventInfo, cancellationToken);

    /// <summary>The entities in memory, of all members of the cluster that answer.</summary>
    /// <param name="node">Only of this node.</param>
    /// <param name="kind">Only of this kind.</param>
    /// <param name="shard">Only of this shard.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    public Task<ActorsInfo> ListActorsAsync(string? node = null, string? kind = null, int? shard = null, CancellationToken cancellationToken = default)
        => GetAsync(Query($"{Root}/actors", ("node", node), ("kind", kind), ("shard", Text(shard))), ApiJson.Wire.ActorsInfo, cancellationToken);

    /// <summary>Asks an entity something that commits nothing.</summary>
    public Task<AskInfo> QueryActorAsync(AskRequest request, CancellationToken cancellationToken = default)
        => PostAsync($"{Root}/actors/query", Bytes(request, ApiJson.Wire.AskRequest), ApiJson.Wire.AskInfo, cancellationToken);

    /// <summary>Sends an entity a command as it is stored, past the checks of the other routes.</summary>
    public Task<AskInfo> AskActorAsync(AskRequest request, CancellationToken cancellationToken = default)
        => PostAsync($"{Root}/actors/ask", Bytes(request, ApiJson.Wire.AskRequest), ApiJson.Wire.AskInfo, cancellationToken);

    /// <summary>The stored names that the node knows.</summary>
    public Task<ImmutableArray<ManifestInfo>> ListManifestsAsync(CancellationToken cancellationToken = default)
        => GetAsync($"{Root}/manifests", ApiJson.Wire.ImmutableArrayManifestInfo, cancellationToken);

    /// <summary>The cluster as the node sees it.</summary>
    public Task<ClusterInfo> GetClusterAsync(CancellationToken cancellationToken = default) => GetAsync($"{Root}/cluster", ApiJson.Wire.ClusterInfo, cancellationToken);

    /// <summary>The shards, in order.</summary>
    public Task<ImmutableArray<ShardInfo>> ListShardsAsync(CancellationToken cancellationToken = default)
        => GetAsync($"{Root}/cluster/shards", ApiJson.Wire.ImmutableArrayShardInfo, cancellationToken);

    /// <summary>Has a member hand over its shards and take none.</summary>
    /// <exception cref="ApiException"><c>not-found</c>, or <c>illegal-state</c>: nobody could take them, or the node is on its own.</exception>
    public Task<ClusterInfo> LeaveClusterAsync(string member, CancellationToken cancellationToken = default) => OnMemberAsync(member, "leave", cancellationToken);

    /// <summary>Has a member that was told to leave take part again.</summary>
    /// <exception cref="ApiException"><c>not-found</c>, or <c>illegal-state</c>: it is down, or the node is on its own.</exception>
    public Task<ClusterInfo> JoinClusterAsync(string member, CancellationToken cancellationToken = default) => OnMemberAsync(member, "join", cancellationToken);

    /// <summary>Marks a member down: this incarnation of it never commits again.</summary>
    /// <exception cref="ApiException"><c>not-found</c>, or <c>illegal-state</c>: it is the node that was asked.</exception>
    public Task<ClusterInfo> MarkDownAsync(string member, CancellationToken cancellationToken = default) => OnMemberAsync(member, "down", cancellationToken);

    /// <summary>Marks those members down whose beat stands still, as the node has seen.</summary>
    public Task<MarkedDownInfo> MarkUnreachableDownAsync(CancellationToken cancellationToken = default)
        => PostAsync($"{Root}/cluster/down-unreachable", body: null, ApiJson.Wire.MarkedDownInfo, cancellationToken);

    /// <summary>The kinds of entities, with what is in memory of them.</summary>
    public Task<RegionsInfo> ListRegionsAsync(CancellationToken cancellationToken = default) => GetAsync($"{Root}/sharding/regions", ApiJson.Wire.RegionsInfo, cancellationToken);

    /// <summary>The shards of a region.</summary>
    /// <exception cref="ApiException"><c>not-found</c>: there is no such kind.</exception>
    public Task<RegionStatsInfo> GetRegionStatsAsync(string kind, CancellationToken cancellationToken = default)
        => GetAsync($"{Root}/sharding/regions/{Uri.EscapeDataString(kind)}", ApiJson.Wire.RegionStatsInfo, cancellationToken);

    /// <summary>One entity, wherever it is. Looking brings it to memory.</summary>
    public Task<EntityInfo> GetEntityAsync(string entity, CancellationToken cancellationToken = default)
        => GetAsync(Query($"{Root}/sharding/entity", ("entity", entity)), ApiJson.Wire.EntityInfo, cancellationToken);

    /// <summary>Lines of the node's own log after the line <paramref name="after"/>, which may be waited for.</summary>
    /// <param name="after">The number of the last line known; null: the newest there are.</param>
    /// <param name="lines">At most so many.</param>
    /// <param name="level">Only lines of at least this level.</param>
    /// <param name="wait">How long to wait for a first line, in seconds.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    public Task<LogInfo> ReadLogAsync(long? after = null, int lines = 1000, string? level = null, int wait = 0, CancellationToken cancellationToken = default)
        => GetAsync(Query($"{Root}/log", ("after", Text(after)), ("lines", Text(lines)), ("level", level), ("wait", Text(wait))), ApiJson.Wire.LogInfo, cancellationToken);

    /// <summary>Stored commands that are not yet processed.</summary>
    public Task<ImmutableArray<InboxRowInfo>> ListInboxAsync(string? entity = null, CancellationToken cancellationToken = default)
        => GetAsync(Query($"{Root}/inbox", ("entity", entity)), ApiJson.Wire.ImmutableArrayInboxRowInfo, cancellationToken);

    /// <summary>The settings in force, secrets redacted.</summary>
    public Task<ImmutableArray<SettingInfo>> ListSettingsAsync(CancellationToken cancellationToken = default)
        => GetAsync($"{Root}/settings", ApiJson.Wire.ImmutableArraySettingInfo, cancellationToken);

    /// <summary>Exchanges the one-time set-up code for a first administrator's token. Needs no token.</summary>
    public Task<TokenInfo> SetUpAsync(SetupRequest request, CancellationToken cancellationToken = default)
        => PostAsync($"{Root}/setup", Bytes(request, ApiJson.Wire.SetupRequest), ApiJson.Wire.TokenInfo, cancellationToken);

    /// <summary>Raises <c>cluster.format</c>, for ever, to <paramref name="to"/> or, if that is null, to the newest that every member can read.</summary>
    /// <exception cref="ApiException"><c>illegal-state</c>: a member cannot read it, or a newer one is in force.</exception>
    public Task<ClusterInfo> RaiseFormatAsync(int? to = null, CancellationToken cancellationToken = default)
        => PostAsync(Query($"{Root}/cluster/format", ("to", Text(to))), body: null, ApiJson.Wire.ClusterInfo, cancellationToken);

    private Task<ClusterInfo> OnMemberAsync(string member, string verb, CancellationToken cancellationToken)
        => PostAsync($"{Root}/cluster/members/{Uri.EscapeDataString(member)}/{verb}", body: null, ApiJson.Wire.ClusterInfo, cancellationToken);

    /// <summary>Whether the node is ready to work.</summary>
    public Task<HealthInfo> GetReadinessAsync(CancellationToken cancellationToken = default) => GetAsync("/health/ready", ApiJson.Wire.HealthInfo, cancellationToken);
}
