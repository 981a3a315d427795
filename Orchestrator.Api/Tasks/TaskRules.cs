using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Identity;
using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Tasks;
using Orchestrator.Api.Agents;
using Orchestrator.Api.Messages;
using Orchestrator.Api.Requests;
using Orchestrator.Api.Security;
using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Tasks;

/// <summary>What requests about tasks must be, beyond their shape.</summary>
internal sealed class TaskRules(IViews views, RoleCatalog roles)
{
    private const int LongestText = 20_000;
    private const int LongestItem = 2_000;
    private const int MostItems = 50;
    private const int MostWords = 200;
    private const double DefaultCheckLimit = 600;
    private const double LongestCheckLimit = 86_400;
    private const double LongestLimit = 365 * 86_400.0;

    /// <summary>The command that a request to add a task is.</summary>
    /// <exception cref="ProblemException">A part makes no sense; says which and what would.</exception>
    public async Task<AddTask> ReadAsync(HttpContext context, AddTaskRequest request)
    {
        var dependencies = Items(request.Dependencies, "dependencies").Select(Id).ToImmutableArray();
        foreach (var dependency in dependencies)
        {
            _ = await FindAsync(dependency, context.RequestAborted);
        }

        if (request.Reviewer is { } reviewer && reviewer != TaskDescription.AnyPerson)
        {
            await AgentAsync(RequestParts.Agent(reviewer), context.RequestAborted);
            if (reviewer == request.Agent)
            {
                throw ProblemException.Invalid($"{reviewer} cannot review what it does itself: name another agent as 'reviewer', or {TaskDescription.AnyPerson}");
            }
        }

        var assignee = await AssigneeAsync(context, request.Agent, request.Role, request.Team);
        var description = new TaskDescription(
            Text(request.Objective, "objective"),
            Items(request.Criteria, "criteria"),
            request.Priority is { } priority ? RequestParts.Spelled<MessagePriority>(priority, "priority") : MessagePriority.Medium,
            request.Deadline,
            [.. dependencies.Distinct()],
            request.Reviewer,
            Check(context, request),
            request.Notes is { Length: > 0 } notes ? Text(notes, "notes") : null,
            request.Chain is { Length: > 0 } chain ? Id(chain).Value : null,
            new TaskLimits(Limit(request.StartWithinSeconds, "startWithinSeconds"), Limit(request.LongRunningSeconds, "longRunningSeconds"), Limit(request.ProgressWithinSeconds, "progressWithinSeconds")))
        {
            Team = request.Team ?? await TeamOfSpeakerAsync(context),
        };
        return new AddTask(description, assignee, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)));
    }

    /// <summary>Who is to do a task: an agent that there is, or a role that there is.</summary>
    /// <exception cref="ProblemException">There is no such agent or role.</exception>
    public async Task<TaskAssignee?> AssigneeAsync(string? agent, string? role, CancellationToken cancellationToken) => (agent, role) switch
    {
        (null, null) => null,
        ({ } name, null) => new TaskAssignee(RequestParts.Agent(name), (await AgentAsync(RequestParts.Agent(name), cancellationToken)).Role),
        (null, { } named) => new TaskAssignee(Agent: null, roles.Find(named).Name),
        _ => throw ProblemException.Invalid("a task is for an agent or for a role, not for both"),
    };

    /// <summary>
    /// Who is to do a task that somebody adds or assigns. A role is that of a team: the one that is named, else that of the agent which asks, else the one whose members alone have the role; of no team if there is none such.
    /// </summary>
    /// <exception cref="ProblemException">There is no such agent, role or team, or an agent reaches beyond its own team.</exception>
    public async Task<TaskAssignee?> AssigneeAsync(HttpContext context, string? agent, string? role, string? team)
    {
        if (agent is not null && team is not null)
        {
            throw ProblemException.Invalid("a task for an agent is its team's by itself: say 'team' with a role, or alone");
        }

        var assignee = await AssigneeAsync(agent, role, context.RequestAborted);
        var reach = await TaskReach.OfAsync(context, views);
        if (assignee?.Agent is { } named && reach?.Includes(named) == false)
        {
            throw reach.Beyond($"agent {named}");
        }

        if (team is not null && reach is not null && team != reach.Team)
        {
            throw reach.Beyond($"team {team}");
        }

        if (team is not null && !await Agents(role: null, context).AnyAsync(known => known.Team == team, context.RequestAborted))
        {
            throw ProblemException.Invalid($"there is no team '{team}': a team is what agents have as 'team' in their metadata");
        }

        return assignee is { Agent: null, Role: { } wanted } ? assignee with { Team = team ?? await TeamAsync(context, wanted, reach) } : assignee;
    }

    private async Task<string?> TeamAsync(HttpContext context, string role, TaskReach? reach)
    {
        var having = await Agents(role, context).Select(static agent => agent.Team).Distinct().ToListAsync(context.RequestAborted);
        if (Speaker.Of(context).Agent is null)
        {
            return having is [var only] ? only : null;
        }

        var own = await TeamOfSpeakerAsync(context);
        return own is not null || reach is null || having.Contains(null)
            ? own
            : throw ProblemException.Invalid($"no agent without a team has the role {role}: name an agent, or ask a person to assign it to a team");
    }

    private async Task<string?> TeamOfSpeakerAsync(HttpContext context)
        => Speaker.Of(context).Agent is { } agent ? (await views.GetAsync<AgentView>(AgentView.ViewName, agent.Value, context.RequestAborted))?.Team : null;

    private IAsyncEnumerable<AgentView> Agents(string? role, HttpContext context)
        => views.AllAsync<AgentView>(AgentView.ViewName, role, cancellationToken: context.RequestAborted).Select(static row => row.Value).Where(static agent => agent.State != AgentState.Terminated);

    /// <summary>The row of an agent that has not ended.</summary>
    /// <exception cref="ProblemException">There is none.</exception>
    public async Task<AgentView> AgentAsync(AgentName name, CancellationToken cancellationToken)
        => await views.GetAsync<AgentView>(AgentView.ViewName, name.Value, cancellationToken) is { State: not AgentState.Terminated } agent
            ? agent
            : throw ProblemException.Invalid($"there is no agent {name}: 'orc ls' shows those there are");

    /// <summary>Which tasks a request may see: an agent sees those that are for it, for its role in its team or for its review, and all of its team if it may assign them.</summary>
    public async Task<Func<TaskView, bool>> SeenByAsync(HttpContext context)
    {
        if (context.LimitedTo() is not { } own)
        {
            return static _ => true;
        }

        var reach = await TaskReach.OfAsync(context, views);
        var agent = reach is null ? await AgentAsync(own, context.RequestAborted) : null;
        return task => task.Task.Live?.Agent == own || task.Task.Assignee?.Agent == own || task.Task.Description?.Reviewer == own.Value
            || reach?.Includes(task.Task) == true
            || (task.Task.Assignee is { Agent: null } assignee && agent is not null && assignee.Role == agent.Role && assignee.Team == agent.Team);
    }

    /// <summary>Refuses a task of another team than that of the agent which assigns tasks.</summary>
    /// <exception cref="ProblemException">The request is limited to an agent, and the task is not of its team.</exception>
    public async Task MustReachAsync(HttpContext context, string id)
    {
        if (await TaskReach.OfAsync(context, views) is { } reach && !reach.Includes((await FindAsync(Id(id), context.RequestAborted)).Task))
        {
            throw reach.Beyond($"task {id}");
        }
    }

    /// <summary>Refuses a task that is not for the agent.</summary>
    /// <exception cref="ProblemException">The request is limited to an agent, and the task is not for it.</exception>
    public async Task MustSeeAsync(HttpContext context, string id)
    {
        if (context.LimitedTo() is not null && !(await SeenByAsync(context))(await FindAsync(Id(id), context.RequestAborted)))
        {
            throw OwnAffairs.Forbidden($"task {id} is not for you, nor for your role or team");
        }
    }

    /// <summary>Refuses a task that the agent does not execute.</summary>
    /// <exception cref="ProblemException">The request is limited to an agent, and another executes the task, or nobody.</exception>
    public async Task MustExecuteAsync(HttpContext context, string id)
    {
        if (context.LimitedTo() is { } own && await FindAsync(Id(id), context.RequestAborted) is var task && task.Task.Live?.Agent != own)
        {
            throw OwnAffairs.Forbidden($"task {id} is executed by {task.Task.Live?.Agent?.Value ?? "nobody"}: {(task.Task.State == TaskState.Done ? "it is done already" : "start it first, with start_task or 'orc task start'")}");
        }
    }

    /// <summary>The row of a task.</summary>
    /// <exception cref="ProblemException">There is none.</exception>
    public async Task<TaskView> FindAsync(TaskId id, CancellationToken cancellationToken)
        => await views.GetAsync<TaskView>(TaskView.ViewName, id.Value, cancellationToken) ?? throw ProblemException.NotFound($"there is no task {id}: 'orc task ls' shows those there are");

    /// <summary>The id of a task.</summary>
    /// <exception cref="ProblemException">It is none.</exception>
    public static TaskId Id(string text) => TaskId.TryParse(text, out var id) ? id : throw ProblemException.Invalid($"'{text}' is not the id of a task: {TaskId.Rule}");

    /// <summary>A text that must be there.</summary>
    /// <exception cref="ProblemException">It is empty or too long.</exception>
    public static string Text(string? text, string what)
        => text?.Trim() is { Length: > 0 and <= LongestText } ? Secret.Redact(text.Trim()) : throw ProblemException.Invalid($"'{what}' has 1 to {LongestText} characters");

    /// <summary>A list of texts.</summary>
    /// <exception cref="ProblemException">It is too long, or one of them is.</exception>
    public static ImmutableArray<string> Items(ImmutableArray<string>? items, string what) => items switch
    {
        null or { IsDefault: true } => [],
        { } given when given.Length <= MostItems && given.All(static i => i is { Length: > 0 and <= LongestItem }) => given,
        _ => throw ProblemException.Invalid($"'{what}' has at most {MostItems} texts of 1 to {LongestItem} characters"),
    };

    private static TaskCheck? Check(HttpContext context, AddTaskRequest request)
    {
        if (request.Check is not { IsDefaultOrEmpty: false } words)
        {
            return request.CheckTimeLimitSeconds is null ? null : throw ProblemException.Invalid("'checkTimeLimitSeconds' is for a check");
        }

        if (!context.User.HasClaim(TokenAuthentication.ScopeClaim, Scopes.AgentsWrite) && !context.User.HasClaim(TokenAuthentication.ScopeClaim, Scopes.Admin))
        {
            throw new ProblemException(StatusCodes.Status403Forbidden, Problems.Forbidden, $"a check runs a program on the node, and this token has not the scope {Scopes.AgentsWrite}");
        }

        if (words.Length > MostWords || words.Any(static w => w is null or { Length: > LongestItem }) || words[0].Length == 0)
        {
            throw ProblemException.Invalid($"a check has 1 to {MostWords} words of at most {LongestItem} characters, the program first");
        }

        return (request.CheckTimeLimitSeconds ?? DefaultCheckLimit) is >= 1 and <= LongestCheckLimit and var seconds
            ? new TaskCheck(words, TimeSpan.FromSeconds(seconds))
            : throw ProblemException.Invalid($"'checkTimeLimitSeconds' is 1 to {LongestCheckLimit}");
    }

    private static TimeSpan? Limit(double? seconds, string what) => seconds switch
    {
        null => null,
        > 0 and <= LongestLimit => TimeSpan.FromSeconds(seconds.Value),
        _ => throw ProblemException.Invalid($"'{what}' is more than 0 and at most {LongestLimit:0}"),
    };
}
