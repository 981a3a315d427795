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

    /// <summary>The entities in memory.</summary>
    public Task<ImmutableArray<ActorInfo>> ListActorsAsync(CancellationToken cancellationToken = default)
        => GetAsync($"{Root}/actors", ApiJson.Wire.ImmutableArrayActorInfo, cancellationToken);

    /// <summary>Stored commands that are not yet processed.</summary>
    public Task<ImmutableArray<InboxRowInfo>> ListInboxAsync(string? entity = null, CancellationToken cancellationToken = default)
        => GetAsync(Query($"{Root}/inbox", ("entity", entity)), ApiJson.Wire.ImmutableArrayInboxRowInfo, cancellationToken);

    /// <summary>The settings in force, secrets redacted.</summary>
    public Task<ImmutableArray<SettingInfo>> ListSettingsAsync(CancellationToken cancellationToken = default)
        => GetAsync($"{Root}/settings", ApiJson.Wire.ImmutableArraySettingInfo, cancellationToken);

    /// <summary>Exchanges the one-time set-up code for a first administrator's token. Needs no token.</summary>
    public Task<TokenInfo> SetUpAsync(SetupRequest request, CancellationToken cancellationToken = default)
        => PostAsync($"{Root}/setup", Bytes(request, ApiJson.Wire.SetupRequest), ApiJson.Wire.TokenInfo, cancellationToken);

    /// <summary>Whether the node is ready to work.</summary>
    public Task<HealthInfo> GetReadinessAsync(CancellationToken cancellationToken = default) => GetAsync("/health/ready", ApiJson.Wire.HealthInfo, cancellationToken);
}
