using System.Collections.Immutable;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging.Protocol;
using Orchestrator.Actors.Teams;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Messages;

/// <summary>The agents there are, as addresses see them: found by name or by role without a look at the others.</summary>
internal sealed class Addressees(IViews views)
{
    /// <summary>The agent of this name; null if there is none, or none any more.</summary>
    public async Task<Addressee?> FindAsync(AgentName name, CancellationToken cancellationToken)
        => await views.GetAsync<AgentView>(AgentView.ViewName, name.Value, cancellationToken) is { State: not AgentState.Terminated } agent ? Seen(agent) : null;

    /// <summary>The agents that an address means to this sender, without it.</summary>
    public async Task<ImmutableArray<AgentName>> ResolveAsync(string address, Addressee? sender, CancellationToken cancellationToken)
        => MessageRouting.Resolve(address, await CandidatesAsync(address, cancellationToken), sender);

    /// <summary>Those of <paramref name="others"/> that an agent leads because it leads its whole team.</summary>
    public async Task<ImmutableArray<AgentName>> LedAsync(AgentName name, ImmutableArray<AgentName> others, CancellationToken cancellationToken)
        => await views.GetAsync<AgentView>(AgentView.ViewName, name.Value, cancellationToken) is { ReportsTo: null } agent
            && !others.All(other => TeamTalk.InTouch(agent, other))
            && TeamName.TryParse(agent.Team, out var team)
            && await views.GetAsync<Team>(Team.ViewName, team.Value, cancellationToken) is { Exists: true, Plan: { } plan }
                ? plan.Led(name, others)
                : [];

    private async Task<IEnumerable<Addressee>> CandidatesAsync(string address, CancellationToken cancellationToken)
    {
        var (kind, name) = MessageRouting.Parts(address);
        switch (kind)
        {
            case "agent": return AgentName.TryParse(name, out var agent) && await FindAsync(agent, cancellationToken) is { } found ? [found] : [];
            case "role": return await ListAsync(name, cancellationToken);
            default: return await ListAsync(role: null, cancellationToken);
        }
    }

    private async Task<IEnumerable<Addressee>> ListAsync(string? role, CancellationToken cancellationToken)
        => await views.AllAsync<AgentView>(AgentView.ViewName, role, cancellationToken: cancellationToken)
            .Select(static row => row.Value).Where(static agent => agent.State != AgentState.Terminated).Select(Seen).ToListAsync(cancellationToken);

    private static Addressee Seen(AgentView agent)
        => new(agent.Name, agent.Role, agent.Team, agent.Metadata.GetValueOrDefault(Addressee.ProjectKey)) { ReportsTo = agent.ReportsTo };
}
