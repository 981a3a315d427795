using System.Collections.Immutable;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

using Orchestrator.Actors.Agents;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Quotas;

/// <summary>A limit that all agents of one account share: when one of them meets it, none is typed to until it ends.</summary>
public sealed record Quota
{
    /// <summary>The kind of entity that quotas are; the id is the account.</summary>
    public const string Kind = "quota";

    /// <summary>The agents that use the account now.</summary>
    public ImmutableSortedSet<string> Members { get; init; } = [];

    /// <summary>The limit, while there is one.</summary>
    public QuotaLimit? Limit { get; init; }

    /// <summary>How much of its limits is used, by their names.</summary>
    public ImmutableSortedDictionary<string, LimitUse> Uses { get; init; } = ImmutableSortedDictionary<string, LimitUse>.Empty;

    /// <summary>The entity of the account <paramref name="account"/>.</summary>
    public static EntityId Entity(string account) => new(Kind, account);
}

/// <summary>A limit that an agent has met.</summary>
/// <param name="Until">When it ends; null if nobody knows, then a person clears it.</param>
/// <param name="By">The agent that met it.</param>
/// <param name="Evidence">What was seen.</param>
/// <param name="At">When.</param>
public sealed record QuotaLimit(DateTimeOffset? Until, AgentName By, string Evidence, DateTimeOffset At);

/// <summary>What a quota can be asked.</summary>
public abstract record QuotaCommand : Command;

/// <summary>An agent uses the account from now on.</summary>
public sealed record JoinQuota(AgentName Agent) : QuotaCommand;

/// <summary>An agent uses it no more.</summary>
public sealed record LeaveQuota(AgentName Agent) : QuotaCommand;

/// <summary>An agent has met a limit.</summary>
public sealed record ReportLimit(AgentName Agent, DateTimeOffset? Until, string Evidence) : QuotaCommand;

/// <summary>The limit is over (a reminder).</summary>
public sealed record EndLimit : QuotaCommand;

/// <summary>A person says that it is over.</summary>
public sealed record ClearLimit : QuotaCommand;

/// <summary>Something has happened to a quota.</summary>
public abstract record QuotaEvent : Event;

/// <summary>An agent uses the account.</summary>
public sealed record QuotaJoined(AgentName Agent, DateTimeOffset At) : QuotaEvent;

/// <summary>An agent uses it no more.</summary>
public sealed record QuotaLeft(AgentName Agent, DateTimeOffset At) : QuotaEvent;

/// <summary>A limit was met.</summary>
public sealed record LimitReached(QuotaLimit Limit) : QuotaEvent;

/// <summary>The limit is over.</summary>
/// <param name="By">reminder, or the person that cleared it.</param>
/// <param name="At">When.</param>
public sealed record LimitEnded(string By, DateTimeOffset At) : QuotaEvent;

/// <summary>The rules of a quota.</summary>
public sealed class QuotaBehavior : Behavior<Quota>
{
    /// <summary>The longest an agent waits after the end of a limit, so that not all begin at once.</summary>
    public static readonly TimeSpan Spread = TimeSpan.FromSeconds(10);

    private const string Reminder = "end";

    /// <inheritdoc/>
    public override Quota Empty(EntityId id) => new();

    /// <inheritdoc/>
    public override Effects Decide(Quota state, Command command, DecisionContext context) => command switch
    {
        JoinQuota join => Joining(state, join.Agent, context),
        LeaveQuota leave => state.Members.Contains(leave.Agent.Value) ? Effects.Persist(new QuotaLeft(leave.Agent, context.Now)) : Effects.None,
        ReportLimit report => Limiting(state, report, context),
        ReportUse report => QuotaUse.Using(state, report, context),
        ReportTokens report => QuotaUse.Spending(report, context),
        EndLimit when state.Limit?.Until is { } until && until > context.Now => Effects.None.ThenRemind(Reminder, until, new EndLimit()),
        EndLimit or ClearLimit when state.Limit is null => Effects.None,
        EndLimit => Ending(state, context),
        ClearLimit => Ending(state, context).ThenForget(Reminder),
        _ => throw new UnreachableException($"a quota has no rule for {command.GetType().Name}"),
    };

    /// <inheritdoc/>
    public override Quota Apply(Quota state, Event e) => e switch
    {
        QuotaJoined joined => state with { Members = state.Members.Add(joined.Agent.Value) },
        QuotaLeft left => state with { Members = state.Members.Remove(left.Agent.Value) },
        LimitReached reached => state with { Limit = reached.Limit },
        LimitEnded => state with { Limit = null },
        LimitUsed used => state with { Uses = state.Uses.SetItem(used.Use.Limit, used.Use) },
        TokensUsed => state,
        _ => throw new UnreachableException($"a quota has no rule for the event {e.GetType().Name}"),
    };

    /// <summary>When the agent <paramref name="member"/> goes on: a little after the end, each at another moment, the same whenever it is asked.</summary>
    public static DateTimeOffset? Resumes(AgentName member, DateTimeOffset? until)
    {
        if (until is not { } end)
        {
            return null;
        }

        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{member}/{end.UtcTicks}"));
        return end + (Spread * (((hash[0] << 8) | hash[1]) / 65536.0));
    }

    private static Effects Joining(Quota state, AgentName agent, DecisionContext context)
    {
        var effects = state.Members.Contains(agent.Value) ? Effects.None : Effects.Persist(new QuotaJoined(agent, context.Now));
        return state.Limit is { } limit ? effects.ThenTell(agent.Entity, Pause(agent, limit, context)) : effects;
    }

    private static Effects Limiting(Quota state, ReportLimit report, DecisionContext context)
    {
        // What another agent reports of the same limit moves it only if it lasts longer.
        if (state.Limit is { } known && (known.Until is null || report.Until <= known.Until))
        {
            return Effects.None;
        }

        if (report.Until <= context.Now)
        {
            return Effects.None;
        }

        var limit = new QuotaLimit(report.Until, report.Agent, report.Evidence, context.Now);
        var effects = Effects.Persist(new LimitReached(limit));
        effects = report.Until is { } until ? effects.ThenRemind(Reminder, until, new EndLimit()) : effects.ThenForget(Reminder);
        return state.Members.Add(report.Agent.Value).Aggregate(effects, (all, member) => all.ThenTell(AgentName.Parse(member).Entity, Pause(AgentName.Parse(member), limit, context)));
    }

    private static Effects Ending(Quota state, DecisionContext context)
    {
        var effects = Effects.Persist(new LimitEnded(context.Sender.Value, context.Now));
        if (context.Sender == Sender.Reminder)
        {
            // Each member goes on by itself, when its own moment has come.
            return effects;
        }

        return state.Members.Aggregate(effects, (all, member) => all.ThenTell(AgentName.Parse(member).Entity, new ResumeTyping(context.Self.Id)));
    }

    private static PauseTyping Pause(AgentName member, QuotaLimit limit, DecisionContext context)
        => new(context.Self.Id, Resumes(member, limit.Until), limit.By == member ? $"the limit of its account {context.Self.Id} is reached" : $"{limit.By} has reached the limit of their account {context.Self.Id}");
}

/// <summary>A quota as it is read: the row of the view <c>quotas</c>, keyed by account.</summary>
/// <param name="Account">The account.</param>
/// <param name="Members">The agents that use it.</param>
/// <param name="Limit">The limit, while there is one.</param>
/// <param name="Limits">How often a limit was met.</param>
public sealed record QuotaView(string Account, ImmutableSortedSet<string> Members, QuotaLimit? Limit, int Limits)
{
    /// <summary>The name of the view.</summary>
    public const string ViewName = "quotas";

    /// <summary>How much of its limits is used, by their names, as programs have written it down.</summary>
    public ImmutableSortedDictionary<string, LimitUse> Uses { get; init; } = ImmutableSortedDictionary<string, LimitUse>.Empty;

    /// <summary>Tokens that were sent to models.</summary>
    public long TokensIn { get; init; }

    /// <summary>Tokens that models wrote.</summary>
    public long TokensOut { get; init; }
}

/// <summary>Folds the events of quotas into their rows.</summary>
public sealed class QuotaProjection : Projection<QuotaView>
{
    /// <inheritdoc/>
    public override string Name => QuotaView.ViewName;

    /// <inheritdoc/>
    public override IReadOnlyList<string>? Kinds => [Quota.Kind];

    /// <inheritdoc/>
    public override IEnumerable<string> KeysOf(EventEnvelope e) => e.Event is QuotaEvent ? [e.Entity.Id] : [];

    /// <inheritdoc/>
    public override QuotaView? Fold(string key, QuotaView? current, EventEnvelope e)
    {
        var view = current ?? new QuotaView(key, [], Limit: null, Limits: 0);
        return e.Event switch
        {
            QuotaJoined joined => view with { Members = view.Members.Add(joined.Agent.Value) },
            QuotaLeft left => view with { Members = view.Members.Remove(left.Agent.Value) },
            LimitReached reached => view with { Limit = reached.Limit, Limits = view.Limits + 1 },
            LimitEnded => view with { Limit = null },
            LimitUsed used => view with { Uses = view.Uses.SetItem(used.Use.Limit, used.Use) },
            TokensUsed used => view with { TokensIn = view.TokensIn + used.In, TokensOut = view.TokensOut + used.Out },
            _ => view,
        };
    }
}
