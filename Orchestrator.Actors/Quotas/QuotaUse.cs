using Orchestrator.Actors.Agents;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Quotas;

/// <summary>How much of a limit an account has used, as a program has written it down.</summary>
/// <param name="Limit">The limit, as the profile names it.</param>
/// <param name="Percent">How much of it is used, in percent.</param>
/// <param name="Resets">When it begins anew; null if the program does not say.</param>
public sealed record LimitUse(string Limit, double Percent, DateTimeOffset? Resets);

/// <summary>An agent's program has written down how much of a limit is used.</summary>
public sealed record ReportUse(AgentName Agent, LimitUse Use) : QuotaCommand;

/// <summary>The turn of an agent is over, and its program has written down what it took.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="In">Tokens that were sent to the model, those of all its requests together.</param>
/// <param name="Out">Tokens that the model wrote.</param>
public sealed record ReportTokens(AgentName Agent, long In, long Out) : QuotaCommand;

/// <summary>Another part of a limit is used than was known.</summary>
public sealed record LimitUsed(LimitUse Use, AgentName By, DateTimeOffset At) : QuotaEvent;

/// <summary>A turn has used tokens of the account.</summary>
public sealed record TokensUsed(AgentName By, long In, long Out, DateTimeOffset At) : QuotaEvent;

/// <summary>The rules of what is used of an account. They pause nobody: that is what a limit that was met does.</summary>
internal static class QuotaUse
{
    // Programs tell with every request.
    private const double Least = 1;
    private static readonly TimeSpan SameReset = TimeSpan.FromMinutes(2);

    public static Effects Using(Quota state, ReportUse report, DecisionContext context)
        => state.Uses.GetValueOrDefault(report.Use.Limit) is { } known && Math.Abs(known.Percent - report.Use.Percent) < Least && IsSame(known.Resets, report.Use.Resets)
            ? Effects.None
            : Effects.Persist(new LimitUsed(report.Use, report.Agent, context.Now));

    public static Effects Spending(ReportTokens report, DecisionContext context)
        => report is { In: <= 0, Out: <= 0 } ? Effects.None : Effects.Persist(new TokensUsed(report.Agent, Math.Max(0, report.In), Math.Max(0, report.Out), context.Now));

    private static bool IsSame(DateTimeOffset? one, DateTimeOffset? other) => one is null || other is null ? one == other : (one.Value - other.Value).Duration() < SameReset;
}
