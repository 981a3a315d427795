using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Gaps;
using Orchestrator.Actors.Messaging;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Recovery;

/// <summary>The rules of the supervisor of a team: the longer nobody is at work, the more is done, and none of it again before its cool-down is over.</summary>
/// <param name="policy">After how long what is done.</param>
public sealed class TeamRecoveryBehavior(IdleTeamPolicy policy) : Behavior<TeamRecovery>
{
    private const string From = "orchestrator";

    private static readonly TeamStep[] Steps = Enum.GetValues<TeamStep>();

    /// <inheritdoc/>
    public override TeamRecovery Empty(EntityId id) => new() { Team = id.Id };

    /// <inheritdoc/>
    public override Effects Decide(TeamRecovery state, Command command, DecisionContext context)
    {
        var effects = command switch
        {
            NoteTeammate note => Noting(state, note, context),
            TakeTeamStep take => state.IdleSince == take.Since ? Taking(state, take.Step, context) : Effects.None,
            PauseRecovery => state.PausedBy is null ? Effects.Persist(new TeamRecoveryPaused(context.Sender.Value, context.Now)) : Effects.None,
            ResumeRecovery => state.PausedBy is null ? Effects.None : Resuming(state, context),
            _ => throw new UnreachableException($"the supervisor of a team has no rule for {command.GetType().Name}"),
        };
        return effects.Events.IsEmpty ? effects : Conditions.Told(context.Self, state, After(state, effects), static team => team.Conditions(), effects);
    }

    /// <inheritdoc/>
    public override TeamRecovery Apply(TeamRecovery state, Event e) => state.Apply(e);

    /// <inheritdoc/>
    public override Reply Answer(TeamRecovery state, Query query, DateTimeOffset now)
        => query is ForecastRecovery ? new RecoveryForecast([.. Forecast(state, now)]) : base.Answer(state, query, now);

    private IEnumerable<ForecastStep> Forecast(TeamRecovery team, DateTimeOffset now)
    {
        if (team.IdleSince is not { } since)
        {
            yield break;
        }

        foreach (var step in Steps.Where(step => policy.After(step) > TimeSpan.Zero && !team.Attempts.Exists(a => a.Step == step && a.At >= since)))
        {
            var due = since + policy.After(step);
            yield return new ForecastStep(TroubleKind.IdleTeam, $"nobody of team {team.Team} is at work since {since:O}", step.Words(), due > now ? due : now, Against(team, step, due) ?? $"after {policy.After(step)}, for {team.Lead?.Value ?? "nobody"}");
        }
    }

    private Effects Noting(TeamRecovery team, NoteTeammate note, DecisionContext context)
    {
        if (note.Member == team.Members.GetValueOrDefault(note.Agent.Value))
        {
            return Effects.None;
        }

        var effects = Effects.Persist(new TeammateNoted(note.Agent, note.Member, context.Now));
        var after = After(team, effects);
        if (after.IsIdle == team.IdleSince is not null)
        {
            return effects;
        }

        return after.IsIdle
            ? Steps.Where(step => policy.After(step) > TimeSpan.Zero).Aggregate(
                effects.ThenPersist(new TeamIdled(context.Now)),
                (all, step) => all.ThenRemind(Reminder(step), context.Now + policy.After(step), new TakeTeamStep(step, context.Now)))
            : Awaking(after, note, effects, context);
    }

    private static Effects Awaking(TeamRecovery team, NoteTeammate note, Effects effects, DecisionContext context)
    {
        var because = note.Member?.Presence == TeamPresence.Busy ? $"{note.Agent} is at work" : team.IsFinished ? "all of its tasks are over" : team.AwaitsPerson ? "it waits for a person" : "nobody of it is there";
        effects = effects.ThenPersist(new TeamAwoke(because, context.Now));
        if (team.Live is { } live)
        {
            effects = effects.ThenPersist(new TeamStepEnded(live.Number, note.Member?.Presence == TeamPresence.Busy ? RecoveryOutcome.Succeeded : RecoveryOutcome.Cancelled, because, context.Now));
        }

        if (team.Attempts.FindLast(static a => a is { Step: TeamStep.RestartLead, Outcome: not RecoveryOutcome.Skipped }) is { } handed && handed.At >= team.IdleSince && team.Lead is { } lead)
        {
            effects = effects.ThenTell(AgentRecovery.Of(lead), new NoteTroubleOver(Key(team), because));
        }

        return Steps.Aggregate(effects, static (all, step) => all.ThenForget(Reminder(step)));
    }

    private Effects Taking(TeamRecovery team, TeamStep step, DecisionContext context)
    {
        var number = (team.Attempts is [.., var last] ? last.Number : 0) + 1;
        var idle = string.Create(CultureInfo.InvariantCulture, $"nobody of team {team.Team} is at work since {team.IdleSince!.Value.UtcDateTime:yyyy-MM-dd HH:mm} UTC");
        if (Against(team, step, context.Now) is { } why)
        {
            return Effects.Persist(new TeamStepTaken(new TeamAttempt(number, step, RecoveryOutcome.Skipped, why, context.Now)));
        }

        // What was done before has not helped, or there would be nothing to do now.
        var effects = team.Live is { } live ? Effects.Persist(new TeamStepEnded(live.Number, RecoveryOutcome.Failed, idle, context.Now)) : Effects.None;
        effects = effects.ThenPersist(new TeamStepTaken(new TeamAttempt(number, step, RecoveryOutcome.Begun, $"{idle}; for {team.Lead?.Value ?? "a person"}", context.Now)));
        return (step, team.Lead) switch
        {
            (TeamStep.Remind, { } lead) => effects.ThenTell(lead.Entity, new EnqueueMessage(Message(idle, context))),
            (TeamStep.RestartLead, { } lead) => effects.ThenTell(AgentRecovery.Of(lead), new NoteTrouble(new Trouble(Key(team), TroubleKind.IdleTeam, idle, team.IdleSince.Value))),
            _ => effects,
        };
    }

    private static Effects Resuming(TeamRecovery team, DecisionContext context)
    {
        var effects = Effects.Persist(new TeamRecoveryResumed(context.Sender.Value, context.Now));
        return team.IdleSince is not { } since
            ? effects
            : Steps.Where(step => team.Attempts.Exists(a => a.Step == step && a.At >= since && a.Outcome == RecoveryOutcome.Skipped))
                .Aggregate(effects, (all, step) => all.ThenRemind(Reminder(step), context.Now, new TakeTeamStep(step, since)));
    }

    private string? Against(TeamRecovery team, TeamStep step, DateTimeOffset at)
        => team.PausedBy is { } by ? $"paused by {by}"
            : team.Taken.TryGetValue(step, out var taken) && taken + policy.CoolDown > at ? string.Create(CultureInfo.InvariantCulture, $"it was done at {taken:O}, and its cool-down of {policy.CoolDown} is not over")
            : null;

    private static NewMessage Message(string idle, DecisionContext context)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"idle/{context.Self}/{context.CommandId}/{context.Version}"));
        var text = $"You lead this team, and {idle}. See what is open and who is to do it; if everything is done, say so to whoever wanted it, and if something keeps you from it, say what.";
        return new NewMessage(MessageId.Derived(context.Now, hash), From, FromPerson: false, text, MessagePriority.High, ExpiresAt: null, Seal.Derived(hash));
    }

    private static string Key(TeamRecovery team) => $"{TeamRecovery.Prefix}{team.Team}";

    private static string Reminder(TeamStep step) => $"idle:{step.Words()}";

    private static TeamRecovery After(TeamRecovery team, Effects effects) => effects.Events.Aggregate(team, static (state, e) => state.Apply(e));
}
