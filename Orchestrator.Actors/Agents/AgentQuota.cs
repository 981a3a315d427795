using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Quotas;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Agents;

/// <summary>A pause of an agent's queue, because its account has reached a limit.</summary>
/// <param name="Account">The account.</param>
/// <param name="Until">When it goes on; null if nobody knows.</param>
/// <param name="Reason">Why.</param>
public sealed record TypingPause(string Account, DateTimeOffset? Until, string Reason);

/// <summary>How an agent and the quota of its account tell each other of limits.</summary>
internal static class AgentQuota
{
    /// <summary>The pane of an agent was bound: it uses this account from now on.</summary>
    public static Effects Joining(Agent agent, string? account, Effects effects)
    {
        if (agent.Account is { } old && old != account)
        {
            effects = effects.ThenTell(Quota.Entity(old), new LeaveQuota(agent.Name));
        }

        return account is null ? effects : effects.ThenTell(Quota.Entity(account), new JoinQuota(agent.Name));
    }

    /// <summary>Its program is gone for good: it uses the account no more.</summary>
    public static Effects Leaving(Agent agent, Effects effects)
        => agent.Account is { } account ? effects.ThenTell(Quota.Entity(account), new LeaveQuota(agent.Name)) : effects;

    /// <summary>It has met a limit: all who share the account are told.</summary>
    public static Effects Meeting(Agent agent, ReportActivity report, Effects effects)
        => report.Activity == AgentActivity.RateLimited && agent.Account is { } account
            ? effects.ThenTell(Quota.Entity(account), new ReportLimit(agent.Name, report.Until, report.Fact.Evidence))
            : effects;

    /// <summary>Its program has written down how much of a limit is used, or that it is reached.</summary>
    public static Effects Using(Agent agent, ReportLimitUse report)
    {
        if (report.Generation != agent.Generation || agent.Account is not { } account)
        {
            return Effects.None;
        }

        var effects = Effects.None.ThenTell(Quota.Entity(account), new ReportUse(agent.Name, report.Use));
        return report.Reached ? effects.ThenTell(Quota.Entity(account), new ReportLimit(agent.Name, report.Use.Resets, report.Evidence)) : effects;
    }

    /// <summary>A turn is over.</summary>
    public static Effects Spending(Agent agent, ReportAnswer report, Effects effects)
        => agent.Account is { } account && (report.Sent is not null || report.Answer.TokensOut is not null)
            ? effects.ThenTell(Quota.Entity(account), new ReportTokens(agent.Name, report.Sent ?? 0, report.Answer.TokensOut ?? 0))
            : effects;

    /// <summary>The quota says that nothing is to be typed for a while.</summary>
    public static Effects Pausing(Agent agent, PauseTyping pause, DecisionContext context)
    {
        if (pause.Account != agent.Account || (pause.Until is { } until && until <= context.Now))
        {
            return Effects.None;
        }

        var effects = Effects.Persist(new TypingPaused(pause.Account, pause.Until, pause.Reason, context.Now));
        return MessageDelivery.Dispatching(agent, effects, context);
    }

    /// <summary>The quota says that typing goes on.</summary>
    public static Effects Resuming(Agent agent, ResumeTyping resume, DecisionContext context)
        => agent.Paused?.Account == resume.Account
            ? MessageDelivery.Dispatching(agent, Effects.Persist(new TypingResumed(resume.Account, context.Now)), context)
            : Effects.None;
}
