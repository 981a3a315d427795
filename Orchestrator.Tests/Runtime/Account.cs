using System.Collections.Immutable;
using Orchestrator.Runtime;

namespace Orchestrator.Tests.Runtime;

/// <summary>The entity that the tests of the runtime talk to: it remembers everything that it was told, in order.</summary>
internal sealed record Account(EntityId Id, long Balance, ImmutableList<string> Notes)
{
    public const string KindName = "account";

    public static EntityId Named(string name) => new(KindName, name);
}

internal sealed record Deposit(long Amount, string Note) : Command;

internal sealed record Withdraw(long Amount) : Command;

/// <summary>Takes the amount here and deposits it there.</summary>
internal sealed record Transfer(EntityId To, long Amount, string Note) : Command;

internal sealed record Remind(string Name, DateTimeOffset Due, string Note) : Command;

internal sealed record Forget(string Name) : Command;

internal sealed record Order(string Node, string What) : Command;

/// <summary>Only a newer version knows this.</summary>
internal sealed record Annotate(string Note) : Command;

/// <summary>Decide throws as long as the switch of this name is set, or always without a name.</summary>
internal sealed record Explode(string? Switch, string Note) : Command;

/// <summary>The event cannot be written.</summary>
internal sealed record SayUnspeakable(string Note) : Command;

internal sealed record Deposited(long Amount, string Note) : Event;

internal sealed record Withdrawn(long Amount) : Event;

internal sealed record Annotated(string Note) : Event;

/// <summary>Is in no manifest table.</summary>
internal sealed record Unspeakable : Event;

internal sealed record Balance(long Amount, ImmutableList<string> Notes) : Reply;

internal sealed record GetBalance : Query;

internal sealed record PrintStatement(string What) : WorkerCommand;

internal sealed class AccountBehavior : Behavior<Account>
{
    /// <summary>The switches of <see cref="Explode"/> that are set.</summary>
    public HashSet<string> Switches { get; } = new(StringComparer.Ordinal);

    /// <summary>Asked before each decision: whether it throws.</summary>
    public Func<bool> Fails { get; set; } = static () => false;

    /// <summary>Called with each command before it is decided; may wait.</summary>
    public Action<Command> Holds { get; set; } = static _ => { };

    public override Account Empty(EntityId id) => new(id, 0, []);

    public override Effects Decide(Account state, Command command, DecisionContext context) => command switch
    {
        _ when Hold(command) || Fails() => throw new InvalidOperationException("a defect that comes and goes"),
        Deposit deposit => Effects.Persist(new Deposited(deposit.Amount, deposit.Note)).ThenReply(new Balance(state.Balance + deposit.Amount, [])),
        Withdraw withdraw when withdraw.Amount > state.Balance => Effects.Refuse(RefusalCodes.IllegalState, $"there are only {state.Balance}"),
        Withdraw withdraw => Effects.Persist(new Withdrawn(withdraw.Amount)),
        Transfer transfer => Effects.Persist(new Withdrawn(transfer.Amount)).ThenTell(transfer.To, new Deposit(transfer.Amount, transfer.Note)),
        Remind remind => Effects.None.ThenRemind(remind.Name, remind.Due, new Deposit(1, remind.Note)),
        Forget forget => Effects.None.ThenForget(forget.Name),
        Order order => Effects.Persist(new Deposited(0, "ordered " + order.What)).ThenWorker(order.Node, new PrintStatement(order.What)),
        Explode { Switch: null } => throw new InvalidOperationException("boom"),
        Explode explode => Switches.Contains(explode.Switch) ? throw new InvalidOperationException("boom") : Effects.Persist(new Deposited(1, explode.Note)),
        Annotate annotate => Effects.Persist(new Annotated(annotate.Note)),
        SayUnspeakable => Effects.Persist(new Unspeakable()),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, message: null),
    };

    public override Account Apply(Account state, Event e) => e switch
    {
        Deposited deposited => state with { Balance = state.Balance + deposited.Amount, Notes = state.Notes.Add(deposited.Note) },
        Withdrawn withdrawn => state with { Balance = state.Balance - withdrawn.Amount },
        Annotated annotated => state with { Notes = state.Notes.Add(annotated.Note) },
        Unspeakable => state,
        _ => throw new ArgumentOutOfRangeException(nameof(e), e, message: null),
    };

    public override Reply Answer(Account state, Query query, DateTimeOffset now) => query switch
    {
        GetBalance => new Balance(state.Balance, state.Notes),
        _ => base.Answer(state, query, now),
    };

    private bool Hold(Command command)
    {
        Holds(command);
        return false;
    }
}

internal sealed record AccountRow(string Name, long Balance);

internal sealed class AccountView : Projection<AccountRow>
{
    public int Edition { get; init; } = 1;

    public override int Version => Edition;

    public override string Name => "accounts";

    public override IEnumerable<string> KeysOf(EventEnvelope e) => [e.Entity.Id];

    public override AccountRow? Fold(string key, AccountRow? current, EventEnvelope e) => e.Event switch
    {
        Deposited deposited => new AccountRow(key, (current?.Balance ?? 0) + (deposited.Amount * Edition)),
        Withdrawn withdrawn => new AccountRow(key, (current?.Balance ?? 0) - (withdrawn.Amount * Edition)),
        _ => current,
    };

    public override string PartitionOf(string key, AccountRow value) => value.Balance > 100 ? "rich" : "poor";
}
