using System.Collections.Immutable;
using System.Globalization;

namespace Orchestrator.Client;

public sealed partial class OrchestratorClient
{
    private const string Teams = "/api/v1/teams";
    private const string Merges = "/api/v1/merges";

    /// <summary>Deploys a team; what is there already as the file says stays as it is.</summary>
    /// <exception cref="ApiException"><c>invalid</c>: the file makes no sense; <c>illegal-state</c>: there is another team of this name.</exception>
    public Task<TeamChangesInfo> DeployTeamAsync(TeamFileRequest request, CancellationToken cancellationToken = default)
        => PostAsync(Teams, Bytes(request, ApiJson.Wire.TeamFileRequest), ApiJson.Wire.TeamChangesInfo, cancellationToken);

    /// <summary>What lies between a team and its file.</summary>
    public Task<TeamChangesInfo> DiffTeamAsync(TeamFileRequest request, CancellationToken cancellationToken = default)
        => PostAsync($"{Teams}/diff", Bytes(request, ApiJson.Wire.TeamFileRequest), ApiJson.Wire.TeamChangesInfo, cancellationToken);

    /// <summary>Makes a team as its file says.</summary>
    public Task<TeamChangesInfo> ApplyTeamAsync(TeamFileRequest request, CancellationToken cancellationToken = default)
        => PostAsync($"{Teams}/apply", Bytes(request, ApiJson.Wire.TeamFileRequest), ApiJson.Wire.TeamChangesInfo, cancellationToken);

    /// <summary>All teams.</summary>
    public Task<ImmutableArray<TeamInfo>> ListTeamsAsync(CancellationToken cancellationToken = default)
        => GetAsync(Teams, ApiJson.Wire.ImmutableArrayTeamInfo, cancellationToken);

    /// <summary>The team <paramref name="name"/>.</summary>
    public Task<TeamInfo> GetTeamAsync(string name, CancellationToken cancellationToken = default)
        => GetAsync(Team(name), ApiJson.Wire.TeamInfo, cancellationToken);

    /// <summary>Stops the programs of its members.</summary>
    public Task<TeamInfo> StopTeamAsync(string name, CancellationToken cancellationToken = default)
        => PostAsync($"{Team(name)}/stop", body: null, ApiJson.Wire.TeamInfo, cancellationToken);

    /// <summary>Ends its members for good.</summary>
    public Task<TeamInfo> RemoveTeamAsync(string name, CancellationToken cancellationToken = default)
        => SendAsync(HttpMethod.Delete, Team(name), body: null, MessageId.New(_time), ApiJson.Wire.TeamInfo, cancellationToken);

    /// <summary>Tags the target branch of a team as a state that is known to work.</summary>
    public Task<TeamInfo> TagStableAsync(string name, string? tag, CancellationToken cancellationToken = default)
        => PostAsync($"{Team(name)}/tags", Bytes(new TagStableRequest { Name = tag }, ApiJson.Wire.TagStableRequest), ApiJson.Wire.TeamInfo, cancellationToken);

    /// <summary>Says that an agent cannot go on, or, without a reason, that it can.</summary>
    public Task<AgentInfo> ReportBlockedAsync(string agent, string? reason, CancellationToken cancellationToken = default)
        => PostAsync($"{Agent(agent)}/blocked", Bytes(new BlockedRequest { Reason = reason }, ApiJson.Wire.BlockedRequest), ApiJson.Wire.AgentInfo, cancellationToken);

    /// <summary>Asks that the branch of a member be merged.</summary>
    public Task<MergeInfo> RequestMergeAsync(MergeRequestRequest request, CancellationToken cancellationToken = default)
        => PostAsync(Merges, Bytes(request, ApiJson.Wire.MergeRequestRequest), ApiJson.Wire.MergeInfo, cancellationToken);

    /// <summary>Merge requests, the newest last.</summary>
    public async Task<ImmutableArray<MergeInfo>> ListMergesAsync(string? team = null, bool closed = false, CancellationToken cancellationToken = default)
    {
        const int Page = 10_000;
        var all = ImmutableArray<MergeInfo>.Empty;
        ImmutableArray<MergeInfo> page;
        do
        {
            page = await GetAsync(Query(Merges, ("team", team), ("closed", closed ? "true" : null), ("limit", Text(Page)), ("after", all.LastOrDefault()?.Id)), ApiJson.Wire.ImmutableArrayMergeInfo, cancellationToken);
            all = all.AddRange(page);
        }
        while (page.Length == Page);
        return all;
    }

    /// <summary>The merge request <paramref name="id"/>.</summary>
    public Task<MergeInfo> GetMergeAsync(string id, CancellationToken cancellationToken = default)
        => GetAsync($"{Merges}/{Uri.EscapeDataString(id)}", ApiJson.Wire.MergeInfo, cancellationToken);

    /// <summary>Merges it.</summary>
    /// <param name="id">The merge request.</param>
    /// <param name="commit">The commit that was reviewed, or how it begins; it must be named of a request that was renewed.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    public Task<MergeInfo> AcceptMergeAsync(string id, string? commit = null, CancellationToken cancellationToken = default)
        => PostAsync(Query($"{Merges}/{Uri.EscapeDataString(id)}/accept", ("commit", commit)), body: null, ApiJson.Wire.MergeInfo, cancellationToken);

    /// <summary>Sends it back.</summary>
    public Task<MergeInfo> RejectMergeAsync(string id, string reason, CancellationToken cancellationToken = default)
        => PostAsync($"{Merges}/{Uri.EscapeDataString(id)}/reject", Bytes(new RejectMergeRequest { Reason = reason }, ApiJson.Wire.RejectMergeRequest), ApiJson.Wire.MergeInfo, cancellationToken);

    /// <summary>What has happened to a thing and to what belongs to it, in order.</summary>
    /// <param name="entity">team/NAME, agent/NAME, task/ID or another.</param>
    /// <param name="after">Only what comes after this position.</param>
    /// <param name="until">Only what is not after this time or position.</param>
    /// <param name="limit">At most so many, 1 to 1,000.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    public Task<ImmutableArray<EventInfo>> GetWholeHistoryAsync(string entity, long after = 0, string? until = null, int limit = 1000, CancellationToken cancellationToken = default)
        => GetAsync(Query("/api/v1/history", ("entity", entity), ("after", after.ToString(CultureInfo.InvariantCulture)), ("until", until), ("limit", Text(limit))), ApiJson.Wire.ImmutableArrayEventInfo, cancellationToken);

    /// <summary>A thing, and what belongs to it, as they were then.</summary>
    public Task<ImmutableArray<PastStateInfo>> GetPastStateAsync(string entity, string until, CancellationToken cancellationToken = default)
        => GetAsync(Query("/api/v1/history/state", ("entity", entity), ("until", until)), ApiJson.Wire.ImmutableArrayPastStateInfo, cancellationToken);

    private static string Team(string name) => $"{Teams}/{Uri.EscapeDataString(name)}";
}
