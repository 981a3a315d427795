using System.Collections.Immutable;
using System.Text.Json.Serialization;

using Orchestrator.Actors.Messaging;

namespace Orchestrator.Actors.Agents;

/// <summary>How an agent has done since it was registered: a part of its view, folded from its events.</summary>
public sealed record AgentPerformance
{
    /// <summary>Nothing yet.</summary>
    public static readonly AgentPerformance None = new();

    /// <summary>Messages whose turn ended with the agent at its prompt.</summary>
    public int Completed { get; init; }

    /// <summary>Messages whose turn ended in an error, with a hang or with the program, or that could not be delivered.</summary>
    public int Failed { get; init; }

    /// <summary>Messages whose turn was cut off because somebody stopped the program.</summary>
    public int Interrupted { get; init; }

    /// <summary>From the message's acceptance to the end of its turn, over all completed ones together.</summary>
    public TimeSpan ResponseTotal { get; init; }

    /// <summary>The same of the one that was completed last.</summary>
    public TimeSpan? LastResponse { get; init; }

    /// <summary>What went wrong last.</summary>
    public string? LastError { get; init; }

    /// <summary>When that was.</summary>
    public DateTimeOffset? LastErrorAt { get; init; }

    /// <summary>How long its programs have run, those that have ended.</summary>
    public TimeSpan RanBefore { get; init; }

    /// <summary>Since when the present program runs.</summary>
    public DateTimeOffset? RunsSince { get; init; }

    /// <summary>How often its program ended by itself and not well.</summary>
    public int Crashes { get; init; }

    /// <summary>Messages whose turns are not over yet.</summary>
    public ImmutableList<AgentTurn> Turns { get; init; } = [];

    /// <summary>From acceptance to the end of the turn, on average; null before the first.</summary>
    [JsonIgnore]
    public TimeSpan? MeanResponse => Completed == 0 ? null : ResponseTotal / Completed;

    /// <summary>The completed part of all that were completed or failed, 0 to 1; null before the first.</summary>
    [JsonIgnore]
    public double? SuccessRate => Completed + Failed == 0 ? null : (double)Completed / (Completed + Failed);

    /// <summary>How long its programs have run, together, at <paramref name="now"/>.</summary>
    public TimeSpan UptimeAt(DateTimeOffset now) => RunsSince is { } since && now > since ? RanBefore + (now - since) : RanBefore;

    /// <summary>It after <paramref name="e"/>, of an agent whose activity was <paramref name="activity"/> before.</summary>
    public AgentPerformance Folded(AgentActivity? activity, AgentEvent e) => e switch
    {
        PaneBound { Adopted: false } bound => this with { RunsSince = bound.At },
        PaneBound bound => this with { RunsSince = RunsSince ?? bound.At },
        StartFailed failed => Wrong(failed.Reason, failed.At),
        DeliveryIntended intended => Intended(activity, intended),
        DeliveryAdvanced { State: MessageState.Typed } => this,
        DeliveryAdvanced advanced => Proved(activity, advanced),
        DeliveryDeferred deferred => this with { Turns = Turns.RemoveAll(t => t.Message == deferred.Message) },
        DeliveryEnded { State: MessageState.Failed } ended => (this with { Failed = Failed + 1, Turns = Turns.RemoveAll(t => t.Message == ended.Message) }).Wrong(ended.Reason, ended.At),
        DeliveryEnded ended => this with { Turns = Turns.RemoveAll(t => t.Message == ended.Message) },
        ActivityChanged changed => Seen(changed),
        PaneEnded ended => Ended(ended),
        _ => this,
    };

    private AgentPerformance Intended(AgentActivity? activity, DeliveryIntended intended)
    {
        // A program that takes the next message has done with the last one, even if nobody saw it work.
        var settled = activity is AgentActivity.Ready ? Over(static t => t.ProvedAt is not null, static t => t.ProvedAt!.Value) : this;
        return settled with { Turns = settled.Turns.RemoveAll(t => t.Message == intended.Message).Add(new AgentTurn(intended.Message, intended.AcceptedAt ?? intended.At)) };
    }

    private AgentPerformance Proved(AgentActivity? activity, DeliveryAdvanced advanced)
    {
        var turns = Turns.ConvertAll(t => t.Message == advanced.Message ? t with { ProvedAt = t.ProvedAt ?? advanced.At, Worked = t.Worked || activity == AgentActivity.Working } : t);
        return (this with { Turns = turns }).Over(static t => t is { ProvedAt: not null, EndedAt: not null }, static t => t.EndedAt!.Value);
    }

    private AgentPerformance Seen(ActivityChanged changed)
    {
        switch (changed.Activity)
        {
            case AgentActivity.Working:
                return this with { Turns = Turns.ConvertAll(static t => t with { Worked = true, EndedAt = null }) };
            case AgentActivity.Ready:
                // The proof may come after the end of the turn that it proves.
                return (this with { Turns = Turns.ConvertAll(t => t.Worked ? t with { EndedAt = changed.At } : t) })
                    .Over(static t => t is { ProvedAt: not null, EndedAt: not null }, static t => t.EndedAt!.Value);
            case AgentActivity.TurnFailed or AgentActivity.Hung or AgentActivity.AuthRequired:
                var (over, left) = (Turns.FindAll(static t => t.ProvedAt is not null), Turns.FindAll(static t => t.ProvedAt is null));
                return (this with { Failed = Failed + over.Count, Turns = left }).Wrong(changed.Detail ?? changed.Fact.Evidence, changed.At);
            default:
                return this;
        }
    }

    private AgentPerformance Ended(PaneEnded ended)
    {
        var cut = Turns.Count(static t => t.ProvedAt is not null);
        var gone = this with { RanBefore = UptimeAt(ended.At), RunsSince = null, Turns = [] };
        return ended.State == AgentState.Error
            ? (gone with { Failed = Failed + cut, Crashes = Crashes + 1 }).Wrong(ended.Exit.Reason, ended.At)
            : gone with { Interrupted = Interrupted + cut };
    }

    private AgentPerformance Over(Predicate<AgentTurn> over, Func<AgentTurn, DateTimeOffset> end)
    {
        var result = this;
        foreach (var turn in Turns.Where(t => over(t)))
        {
            var took = end(turn) > turn.AcceptedAt ? end(turn) - turn.AcceptedAt : TimeSpan.Zero;
            result = result with { Completed = result.Completed + 1, ResponseTotal = result.ResponseTotal + took, LastResponse = took };
        }

        return result with { Turns = result.Turns.RemoveAll(over) };
    }

    private AgentPerformance Wrong(string what, DateTimeOffset at) => this with { LastError = what, LastErrorAt = at };
}

/// <summary>A message that was given to a program, and the turn that it began.</summary>
/// <param name="Message">The message.</param>
/// <param name="AcceptedAt">When it was stored.</param>
public sealed record AgentTurn(MessageId Message, DateTimeOffset AcceptedAt)
{
    /// <summary>When it was proved that the program has it.</summary>
    public DateTimeOffset? ProvedAt { get; init; }

    /// <summary>The program was seen at work since it was typed.</summary>
    public bool Worked { get; init; }

    /// <summary>When it was seen at its prompt again, if that was before the proof.</summary>
    public DateTimeOffset? EndedAt { get; init; }
}
