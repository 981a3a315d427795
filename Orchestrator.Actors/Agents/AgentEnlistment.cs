using System.Collections.Immutable;

using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Tasks;
using Orchestrator.Actors.Teams;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Agents;

/// <summary>Be a member of a team as it wants it: made known and started if it is not there yet, told what is new, else left as it is. The same order again changes nothing.</summary>
/// <param name="Registration">What it is made with, if there is none of this name.</param>
/// <param name="Membership">The team, the number of its order, and what it is held to.</param>
/// <param name="Manages">Who reports to it.</param>
/// <param name="CollaboratesWith">Whom it may speak to beside them.</param>
/// <param name="Policy">The policy that decides its dialogs.</param>
/// <param name="Node">Where it is started.</param>
/// <param name="Briefing">What it is told; null for nothing.</param>
public sealed record Enlist(Register Registration, TeamMembership Membership, ImmutableArray<AgentName> Manages, ImmutableArray<AgentName> CollaboratesWith, string? Policy, string Node, NewMessage? Briefing) : AgentCommand;

/// <summary>Its team wants its program stopped, or it ended.</summary>
/// <param name="Team">The team; an agent of another is not touched.</param>
/// <param name="End">End it for good.</param>
/// <param name="Reason">Why.</param>
public sealed record Dismiss(TeamName Team, bool End, string Reason) : AgentCommand;

/// <summary>An execution of a task by it has ended.</summary>
public sealed record NoteTaskOver(TaskId Task) : AgentCommand
{
    /// <summary>It had not begun.</summary>
    public bool Unbegun { get; init; }
}

/// <summary>An execution of a task waits for it, or runs.</summary>
public sealed record NoteTaskOpen(TaskId Task) : AgentCommand;

/// <summary>Its reviewer has sent a task of it back as often as may be.</summary>
/// <param name="Task">The task.</param>
/// <param name="Returns">How often.</param>
/// <param name="Reason">Why, this time.</param>
public sealed record EscalateReturns(TaskId Task, int Returns, string Reason) : AgentCommand;

/// <summary>A task is its to do.</summary>
public sealed record TaskTakenUp(TaskId Task, DateTimeOffset At) : AgentEvent;

/// <summary>A task is its to do no more.</summary>
public sealed record TaskPutDown(TaskId Task, DateTimeOffset At) : AgentEvent;

/// <summary>It belongs to a team, which holds it to these rules.</summary>
public sealed record AgentEnlisted(TeamMembership Membership, string By, DateTimeOffset At) : AgentEvent;

/// <summary>How an agent becomes a member of a team, and ceases to be one.</summary>
internal static class AgentEnlistment
{
    public static Effects Enlisting(Agent agent, Enlist enlist, DecisionContext context)
    {
        var team = enlist.Membership.Team.Entity;
        if (context.Sender != Sender.Entity(team))
        {
            return Effects.Refuse(RefusalCodes.Invalid, $"only the team {enlist.Membership.Team} itself makes {agent.Name} its member");
        }

        if (agent.Registered && agent.Membership?.Team != enlist.Membership.Team)
        {
            var reason = $"there is an agent {agent.Name} already that is not of this team: end it with 'orc rm {agent.Name}', or give the team another name";
            return Effects.None.ThenTell(team, new ReportEnlisted(agent.Name, enlist.Membership.Number, reason));
        }

        // One that is being ended to be made anew takes its new place when it is gone: its team gives the order again then.
        if (agent.Registered && agent.AfterStop is { End: true })
        {
            return Effects.None;
        }

        var effects = agent.Registered && agent.Membership!.Number >= enlist.Membership.Number ? Effects.None : Becoming(agent, enlist, context);
        return (effects with { Reply = Done.Instance }).ThenTell(team, new ReportEnlisted(agent.Name, enlist.Membership.Number, Refused: null));
    }

    public static Effects Dismissing(Agent agent, Dismiss dismiss, DecisionContext context) => agent.Membership?.Team != dismiss.Team
        ? Effects.None
        : dismiss.End ? AgentPlacement.Ending(agent, new End(Force: false), context) : AgentPlacement.Stopping(agent, new Stop(Force: false, dismiss.Reason), context);

    private static Effects Becoming(Agent agent, Enlist enlist, DecisionContext context)
    {
        var registration = enlist.Registration;
        var effects = agent.Registered ? Effects.None : AgentRegistration.Registering(agent, registration, context);
        effects = Next(agent, effects, after => AgentRegistration.Describing(
            after,
            new Describe(Role: null, DisplayName: null, registration.Metadata, registration.ReportsTo?.Value ?? string.Empty, enlist.Manages, enlist.CollaboratesWith, registration.Traits.Limits),
            context));
        effects = effects.ThenPersist(new AgentEnlisted(enlist.Membership, context.Sender.Value, context.Now));
        effects = Next(agent, effects, after => DialogDecisions.Choosing(after, new ChoosePolicy(enlist.Policy), context));

        // Before its program is started: so it is the first that is typed.
        effects = enlist.Briefing is { } briefing ? Next(agent, effects, after => MessageDelivery.Enqueueing(after, new EnqueueMessage(briefing), context)) : effects;
        return Next(agent, effects, after => after switch
        {
            { Pane: null, State: AgentState.Offline or AgentState.Error } when !AgentLoss.IsLost(after) => AgentPlacement.Starting(after, new Start(enlist.Node), context),

            // It is being stopped still.
            { Desired: DesiredState.Stopped, Pane: not null } => AgentPlacement.Restarting(after, new Restart(enlist.Node, Force: false), context),
            _ => Effects.None,
        });
    }

    private static Effects Next(Agent before, Effects effects, Func<Agent, Effects> step) => effects.Then(step(effects.Events.Aggregate(before, static (agent, e) => agent.Apply(e))));
}
