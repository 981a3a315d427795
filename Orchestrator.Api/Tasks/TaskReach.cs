using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Identity;
using Orchestrator.Actors.Tasks;
using Orchestrator.Api.Requests;
using Orchestrator.Api.Security;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Tasks;

/// <summary>How far an agent may reach that assigns tasks: to agents and tasks of its own team; one without a team to those without a team.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Team">Its team; null for none.</param>
/// <param name="Members">The names of the agents of that team, or of none.</param>
internal sealed record TaskReach(AgentName Agent, string? Team, ImmutableHashSet<string> Members)
{
    /// <summary>The reach of the agent that the request is limited to; null if it is limited to none, or to one that may not assign tasks.</summary>
    public static async Task<TaskReach?> OfAsync(HttpContext context, IViews views)
    {
        if (context.LimitedTo() is not { } own || !context.Has(AgentPermissions.AssignTasks))
        {
            return null;
        }

        var team = (await views.GetAsync<AgentView>(AgentView.ViewName, own.Value, context.RequestAborted))?.Team;
        var members = await views.AllAsync<AgentView>(AgentView.ViewName, cancellationToken: context.RequestAborted)
            .Select(static row => row.Value).Where(agent => agent.Team == team).Select(static agent => agent.Name.Value).ToListAsync(context.RequestAborted);
        return new TaskReach(own, team, [.. members]);
    }

    /// <summary>Whether a task is of the team: whoever has it is, else whoever is to do it, else whoever added it or for whom a person did.</summary>
    public bool Includes(WorkTask task) => (task.Live?.Agent ?? task.Assignee?.Agent, task.Assignee, task.Description?.Team) switch
    {
        ({ } agent, _, _) => Includes(agent),
        (_, { } assignee, _) => assignee.Team == Team,
        (_, _, { } team) => team == Team,
        _ => SenderNames.Of(task.By) is var by && by != task.By ? Members.Contains(by) : Team is null,
    };

    /// <summary>Whether an agent is of the team.</summary>
    public bool Includes(AgentName agent) => Members.Contains(agent.Value);

    /// <summary>The part of a queue that is the team's; null for the queue of an agent that is not of it.</summary>
    public WorkQueue? Part(WorkQueue queue) => queue.Agent is { } agent
        ? Includes(agent) ? queue : null
        : queue with { Waiting = queue.Waiting.RemoveAll(t => t.Team != Team), Members = queue.Members.RemoveRange(queue.Members.Keys.Where(name => !Members.Contains(name))) };

    /// <summary>What it is told of what is not its team's.</summary>
    /// <param name="what">That.</param>
    public ProblemException Beyond(string what)
        => OwnAffairs.Forbidden($"{what} is not of {(Team is null ? "the agents without a team, as you are" : $"your team {Team}")}: you assign, cancel and review its tasks only");
}
