using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Orchestrator.Client;

public sealed partial class OrchestratorClient
{
    private const string Agents = "/api/v1/agents";

    /// <summary>Agents in the order of their names; only those of a state, role, profile, team or project if given.</summary>
    public async Task<ImmutableArray<AgentInfo>> ListAgentsAsync(string? state = null, string? role = null, string? profile = null, string? team = null, string? project = null, CancellationToken cancellationToken = default)
    {
        const int Page = 10_000;
        var all = ImmutableArray<AgentInfo>.Empty;
        ImmutableArray<AgentInfo> page;
        do
        {
            page = await GetAsync(Query(Agents, ("state", state), ("role", role), ("profile", profile), ("team", team), ("project", project), ("limit", Page.ToString(CultureInfo.InvariantCulture)), ("after", all.LastOrDefault()?.Name)), ApiJson.Wire.ImmutableArrayAgentInfo, cancellationToken);
            all = all.AddRange(page);
        }
        while (page.Length == Page);
        return all;
    }

    /// <summary>How many agents there are in each state; only those of a role, profile, team or project if given.</summary>
    public Task<RegistryInfo> CountAgentsAsync(string? role = null, string? profile = null, string? team = null, string? project = null, CancellationToken cancellationToken = default)
        => GetAsync(Query($"{Root}/registry", ("role", role), ("profile", profile), ("team", team), ("project", project)), ApiJson.Wire.RegistryInfo, cancellationToken);

    /// <summary>The agent <paramref name="name"/>.</summary>
    /// <exception cref="ApiException"><c>not-found</c>: there is none.</exception>
    public Task<AgentInfo> GetAgentAsync(string name, CancellationToken cancellationToken = default)
        => GetAsync(Agent(name), ApiJson.Wire.AgentInfo, cancellationToken);

    /// <summary>Registers an agent and starts it.</summary>
    /// <exception cref="ApiException"><c>already-exists</c>, <c>invalid</c>.</exception>
    public Task<AgentInfo> SpawnAsync(SpawnRequest request, CancellationToken cancellationToken = default)
        => PostAsync(Agents, Bytes(request, ApiJson.Wire.SpawnRequest), ApiJson.Wire.AgentInfo, cancellationToken);

    /// <summary>Changes descriptive parts of an agent.</summary>
    public Task<AgentInfo> UpdateAgentAsync(string name, UpdateAgentRequest request, CancellationToken cancellationToken = default)
        => SendAsync(HttpMethod.Patch, Agent(name), Bytes(request, ApiJson.Wire.UpdateAgentRequest), MessageId.New(_time), ApiJson.Wire.AgentInfo, cancellationToken);

    /// <summary>Ends an agent for good: its whole pane is captured and kept, then its program is stopped.</summary>
    /// <param name="name">The agent.</param>
    /// <param name="force">Kill its program at once instead of asking it to end first.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    public Task<AgentInfo> EndAgentAsync(string name, bool force = false, CancellationToken cancellationToken = default)
        => SendAsync(HttpMethod.Delete, Query(Agent(name), ("force", force ? "true" : null)), body: null, MessageId.New(_time), ApiJson.Wire.AgentInfo, cancellationToken);

    /// <summary>Starts an agent that is offline or in error.</summary>
    /// <param name="name">The agent.</param>
    /// <param name="mode">What becomes of the conversation that it had: auto, fresh or resume; auto unless said.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    public Task<AgentInfo> StartAgentAsync(string name, string? mode = null, CancellationToken cancellationToken = default) => Act(name, Query("start", ("mode", mode)), cancellationToken);

    /// <summary>Tells an agent again who it is and what it was at, by a message that comes before all others.</summary>
    public Task<AgentInfo> RebriefAgentAsync(string name, CancellationToken cancellationToken = default) => Act(name, "rebrief", cancellationToken);

    /// <summary>Stops an agent's program; its messages wait.</summary>
    /// <param name="name">The agent.</param>
    /// <param name="force">Kill its program at once instead of asking it to end first.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    public Task<AgentInfo> StopAgentAsync(string name, bool force = false, CancellationToken cancellationToken = default) => Act(name, "stop" + Forced(force), cancellationToken);

    /// <summary>Stops and starts an agent's program, in a new generation.</summary>
    /// <param name="name">The agent.</param>
    /// <param name="force">Kill its program at once instead of asking it to end first.</param>
    /// <param name="mode">What becomes of the conversation that it had: auto, fresh or resume; auto unless said.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    public Task<AgentInfo> RestartAgentAsync(string name, bool force = false, string? mode = null, CancellationToken cancellationToken = default)
        => Act(name, Query("restart", ("force", force ? "true" : null), ("mode", mode)), cancellationToken);

    /// <summary>Sets the state of an agent without a program by hand, if it is still in the state that is expected.</summary>
    /// <exception cref="ApiException"><c>stale</c>: it is in another state; <c>illegal-state</c>: the rules do not allow it.</exception>
    public Task<AgentInfo> TransitionAgentAsync(string name, TransitionRequest request, CancellationToken cancellationToken = default)
        => PostAsync($"{Agent(name)}/transition", Bytes(request, ApiJson.Wire.TransitionRequest), ApiJson.Wire.AgentInfo, cancellationToken);

    /// <summary>What nobody seems to need any more: inactive, orphaned and duplicate agents, stray panes. Only looks.</summary>
    /// <param name="inactiveFor">How long nothing must have happened to an agent; the configured time unless said.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    public Task<ImmutableArray<CleanUpInfo>> ListCleanUpAsync(TimeSpan? inactiveFor = null, CancellationToken cancellationToken = default)
        => GetAsync(Query($"{Root}/cleanup", ("inactiveFor", Text((long?)inactiveFor?.TotalSeconds))), ApiJson.Wire.ImmutableArrayCleanUpInfo, cancellationToken);

    /// <summary>Does what is safe of that list, or all of it when forced.</summary>
    public Task<ImmutableArray<CleanUpInfo>> CleanUpAsync(CleanUpRequest request, CancellationToken cancellationToken = default)
        => PostAsync($"{Root}/cleanup", Bytes(request, ApiJson.Wire.CleanUpRequest), ApiJson.Wire.ImmutableArrayCleanUpInfo, cancellationToken, ForMany);

    /// <summary>Records an agent's screen live: the lines of an asciicast, version 2, as they come, until the time is over, the pane is gone or the caller stops.</summary>
    /// <param name="name">The agent.</param>
    /// <param name="duration">For how long, from a second to a day; a day unless said.</param>
    /// <param name="cancellationToken">Stops the recording.</param>
    /// <exception cref="ApiException"><c>illegal-state</c>: it has no pane.</exception>
    public async IAsyncEnumerable<string> RecordAsync(string name, TimeSpan? duration = null, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var path = Query(Agent(name) + "/recording", ("seconds", Text(duration is { } time ? (long)Math.Ceiling(time.TotalSeconds) : null)));
        using var response = await AcceptedAsync(await _http.SendAsync(Request(HttpMethod.Get, Seeing(path)), cancellationToken), cancellationToken);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            yield return line;
        }
    }

    /// <summary>Puts on record that the caller begins to type into an agent's pane.</summary>
    public Task<AgentInfo> ReportAttachedAsync(string name, CancellationToken cancellationToken = default) => Act(name, "attached", cancellationToken);

    /// <summary>Has an agent take over a pane that is in the node's tmux server already.</summary>
    /// <param name="name">The agent; it has no pane of its own.</param>
    /// <param name="pane">The tmux pane id, <c>%n</c>.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    public Task<AgentInfo> AdoptAgentAsync(string name, string pane, CancellationToken cancellationToken = default)
        => PostAsync($"{Agent(name)}/adopt", Bytes(new AdoptRequest(pane), ApiJson.Wire.AdoptRequest), ApiJson.Wire.AgentInfo, cancellationToken);

    /// <summary>What is on an agent's screen, or was when it ended.</summary>
    /// <param name="name">The agent.</param>
    /// <param name="lines">The last so many lines, 1 to 100,000; the visible screen unless said.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    public Task<OutputInfo> GetOutputAsync(string name, int? lines = null, CancellationToken cancellationToken = default)
        => GetAsync(Query(Agent(name) + "/output", ("lines", Text(lines))), ApiJson.Wire.OutputInfo, cancellationToken);

    /// <summary>What the program of an agent has written down of its conversation, or what of it was kept when it ended.</summary>
    /// <param name="name">The agent.</param>
    /// <param name="generation">The placement, of which the last five are kept; unless said that which runs, else the last.</param>
    /// <param name="lines">The last so many lines, 1 to 1,000,000; all unless said.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="ApiException"><c>not-found</c>: there is no such agent, or no such transcript.</exception>
    public Task<TranscriptInfo> GetTranscriptAsync(string name, long? generation = null, int? lines = null, CancellationToken cancellationToken = default)
        => GetAsync(Query(Agent(name) + "/transcript", ("generation", Text(generation)), ("lines", Text(lines))), ApiJson.Wire.TranscriptInfo, cancellationToken);

    /// <summary>Why an agent is shown as it is.</summary>
    public Task<ExplainInfo> ExplainAsync(string name, CancellationToken cancellationToken = default)
        => GetAsync(Agent(name) + "/explain", ApiJson.Wire.ExplainInfo, cancellationToken);

    /// <summary>Events of an agent after a position, in order.</summary>
    public Task<ImmutableArray<EventInfo>> GetHistoryAsync(string name, long after = 0, int limit = 100, CancellationToken cancellationToken = default)
        => GetAsync(Query(Agent(name) + "/history", ("after", Text(after)), ("limit", Text(limit))), ApiJson.Wire.ImmutableArrayEventInfo, cancellationToken);

    /// <summary>The last events of an agent before a position, in order. Costs what it gives, however long its history is.</summary>
    public Task<ImmutableArray<EventInfo>> GetLastOfHistoryAsync(string name, long before = long.MaxValue, int limit = 100, CancellationToken cancellationToken = default)
        => GetAsync(Query(Agent(name) + "/history", ("before", Text(before)), ("limit", Text(limit))), ApiJson.Wire.ImmutableArrayEventInfo, cancellationToken);

    /// <summary>The messages that wait for an agent or are being delivered, in the order in which they will be typed.</summary>
    public Task<ImmutableArray<MessageInfo>> GetInboxAsync(string name, CancellationToken cancellationToken = default)
        => GetAsync(Agent(name) + "/inbox", ApiJson.Wire.ImmutableArrayMessageInfo, cancellationToken);

    private static string Agent(string name) => $"{Agents}/{Uri.EscapeDataString(name)}";

    private static byte[] Bytes<T>(T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(value, type);

    private static string Forced(bool force) => force ? "?force=true" : string.Empty;

    private static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static string Query(string path, params ReadOnlySpan<(string Name, string? Value)> parts)
    {
        var separator = '?';
        foreach (var (name, value) in parts)
        {
            if (value is not null)
            {
                path = $"{path}{separator}{name}={Uri.EscapeDataString(value)}";
                separator = '&';
            }
        }

        return path;
    }

    private Task<AgentInfo> Act(string name, string action, CancellationToken cancellationToken)
        => PostAsync($"{Agent(name)}/{action}", body: null, ApiJson.Wire.AgentInfo, cancellationToken);
}
