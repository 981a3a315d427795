using System.Collections.Immutable;
using System.Diagnostics;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Tasks;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Gaps;

/// <summary>An execution that somebody expects.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Due">When it is to begin.</param>
/// <param name="ExpiresAt">When it is not expected any more.</param>
public sealed record Expectation(string Id, DateTimeOffset Due, DateTimeOffset ExpiresAt);

/// <summary>The executions of one agent in one chain of tasks: time between them is measured here, so never across agents or chains.</summary>
public sealed record WorkChain
{
    /// <summary>The kind of entity that chains are.</summary>
    public const string Kind = "chain";

    /// <summary>How many executions may be expected at a time.</summary>
    public const int MostExpected = 100;

    /// <summary>The agent.</summary>
    public required AgentName Agent { get; init; }

    /// <summary>The name of the chain.</summary>
    public required string Name { get; init; }

    /// <summary>The role of the agent, as it was last known.</summary>
    public string? Role { get; init; }

    /// <summary>Executions that wait, and since when.</summary>
    public ImmutableSortedDictionary<string, DateTimeOffset> Pending { get; init; } = ImmutableSortedDictionary.Create<string, DateTimeOffset>(StringComparer.Ordinal);

    /// <summary>Executions that run.</summary>
    public ImmutableSortedSet<string> Running { get; init; } = [];

    /// <summary>When the last one ended.</summary>
    public DateTimeOffset? LastEnded { get; init; }

    /// <summary>What is expected.</summary>
    public ImmutableList<Expectation> Expected { get; init; } = [];

    /// <summary>The chain of an agent.</summary>
    public static EntityId Of(AgentName agent, string chain) => new(Kind, $"{agent}.{chain}");

    /// <summary>What becomes a gap if it lasts.</summary>
    internal ImmutableArray<WatchedCondition> Conditions() => [.. Waiting(), .. Expected.Select(Missing)];

    private IEnumerable<WatchedCondition> Waiting()
    {
        if (Running.IsEmpty && !Pending.IsEmpty && LastEnded is { } ended)
        {
            var oldest = Pending.Values.Min();
            var since = ended > oldest ? ended : oldest;
            yield return new WatchedCondition("timing", GapKind.Timing, since, Threshold: null, Agent, Task: null, Role, $"{Agent} does not begin the next task of {Name}", $"the one before ended at {ended:O}; {string.Join(", ", Pending.Keys)} wait");
        }
    }

    private WatchedCondition Missing(Expectation expected)
        => new($"expected:{expected.Id}", GapKind.Missing, expected.Due, Threshold: null, Agent, Task: null, Role, $"{Agent} was to begin a task of {Name}", $"expected at {expected.Due:O}");
}

/// <summary>What a chain can be asked.</summary>
public abstract record ChainCommand : Command;

/// <summary>An execution has come to this status.</summary>
public sealed record NoteExecution(TaskId Task, ExecutionStatus Status, string? Role) : ChainCommand;

/// <summary>Expect an execution.</summary>
public sealed record ExpectExecution(Expectation Expectation, string? Role) : ChainCommand;

/// <summary>Expect it no more.</summary>
public sealed record ForgetExpectation(string Id) : ChainCommand;

/// <summary>The time of an expectation is over (a reminder).</summary>
public sealed record ExpireExpectation(string Id) : ChainCommand;

/// <summary>Asks for what is expected under an id; the answer is <see cref="KnownExpectation"/>.</summary>
public sealed record GetExpectation(string Id) : Query;

/// <summary>The answer to <see cref="GetExpectation"/>; null if nothing is.</summary>
public sealed record KnownExpectation(Expectation? Expectation) : Reply;

/// <summary>Something has happened to a chain.</summary>
public abstract record ChainEvent : Event;

/// <summary>An execution has come to this status.</summary>
public sealed record ExecutionNoted(TaskId Task, ExecutionStatus Status, string? Role, DateTimeOffset At) : ChainEvent;

/// <summary>An execution is expected.</summary>
public sealed record ExecutionExpected(Expectation Expectation, string? Role, string By, DateTimeOffset At) : ChainEvent;

/// <summary>It is expected no more.</summary>
/// <param name="Id">The expectation.</param>
/// <param name="Because">It began, it was taken back, or its time is over.</param>
/// <param name="At">When.</param>
public sealed record ExpectationEnded(string Id, string Because, DateTimeOffset At) : ChainEvent;

/// <summary>The rules of a chain.</summary>
public sealed class ChainBehavior : Behavior<WorkChain>
{
    /// <inheritdoc/>
    public override WorkChain Empty(EntityId id)
        => id.Id.Split('.', 2) is [var agent, var chain] ? new WorkChain { Agent = AgentName.Parse(agent), Name = chain } : throw new FormatException($"'{id}' is no chain: chain/AGENT.NAME");

    /// <inheritdoc/>
    public override Effects Decide(WorkChain state, Command command, DecisionContext context)
    {
        var effects = Deciding(state, command, context);
        return effects.Events.IsEmpty ? effects : Conditions.Told(context.Self, state, effects.Events.Aggregate(state, Apply), static chain => chain.Conditions(), effects);
    }

    /// <inheritdoc/>
    public override WorkChain Apply(WorkChain state, Event e) => e switch
    {
        ExecutionNoted { Status: ExecutionStatus.Pending } noted => state with { Role = noted.Role, Pending = state.Pending.SetItem(noted.Task.Value, noted.At) },
        ExecutionNoted { Status: ExecutionStatus.Running } noted => state with { Role = noted.Role, Pending = state.Pending.Remove(noted.Task.Value), Running = state.Running.Add(noted.Task.Value) },
        ExecutionNoted noted => state with { Pending = state.Pending.Remove(noted.Task.Value), Running = state.Running.Remove(noted.Task.Value), LastEnded = state.Running.Contains(noted.Task.Value) ? noted.At : state.LastEnded },
        ExecutionExpected expected => state with { Role = expected.Role ?? state.Role, Expected = state.Expected.Add(expected.Expectation) },
        ExpectationEnded ended => state with { Expected = state.Expected.RemoveAll(x => x.Id == ended.Id) },
        _ => throw new UnreachableException($"a chain has no rule for the event {e.GetType().Name}"),
    };

    /// <inheritdoc/>
    public override Reply Answer(WorkChain state, Query query, DateTimeOffset now)
        => query is GetExpectation get ? new KnownExpectation(state.Expected.Find(x => x.Id == get.Id)) : base.Answer(state, query, now);

    private static Effects Deciding(WorkChain chain, Command command, DecisionContext context) => command switch
    {
        NoteExecution note => Noting(chain, note, context),
        ExpectExecution expect => Expecting(chain, expect, context),
        ForgetExpectation forget when chain.Expected.Exists(x => x.Id == forget.Id) => Ending(forget.Id, $"taken back by {context.Sender}", context),
        ForgetExpectation forget => Effects.Refuse(RefusalCodes.NotFound, $"no execution {forget.Id} is expected of {chain.Agent} in {chain.Name}"),
        ExpireExpectation expire when chain.Expected.Exists(x => x.Id == expire.Id) => Ending(expire.Id, "its time is over", context),
        ExpireExpectation => Effects.None,
        _ => throw new UnreachableException($"a chain has no rule for {command.GetType().Name}"),
    };

    private static Effects Noting(WorkChain chain, NoteExecution note, DecisionContext context)
    {
        var effects = Effects.Persist(new ExecutionNoted(note.Task, note.Status, note.Role, context.Now));
        return note.Status == ExecutionStatus.Running && chain.Expected.MinBy(static x => x.Due) is { } met
            ? effects.Then(Ending(met.Id, $"task {note.Task} has begun", context))
            : effects;
    }

    private static Effects Expecting(WorkChain chain, ExpectExecution expect, DecisionContext context)
    {
        var expectation = expect.Expectation;
        if (chain.Expected.Exists(x => x.Id == expectation.Id))
        {
            return Effects.None;
        }

        return expectation.ExpiresAt <= expectation.Due || expectation.ExpiresAt <= context.Now
            ? Effects.Refuse(RefusalCodes.Invalid, "what is expected must be due before it expires, and not have expired yet")
            : chain.Expected.Count >= WorkChain.MostExpected
                ? Effects.Refuse(RefusalCodes.Overloaded, $"{WorkChain.MostExpected} executions are expected of {chain.Agent} in {chain.Name} already")
                : Effects.Persist(new ExecutionExpected(expectation, expect.Role, context.Sender.Value, context.Now)).ThenRemind(Reminder(expectation.Id), expectation.ExpiresAt, new ExpireExpectation(expectation.Id));
    }

    private static Effects Ending(string id, string because, DecisionContext context) => Effects.Persist(new ExpectationEnded(id, because, context.Now)).ThenForget(Reminder(id));

    private static string Reminder(string id) => $"expected:{id}";
}
