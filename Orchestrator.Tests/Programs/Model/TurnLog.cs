using System.Collections.Immutable;

namespace Orchestrator.Tests.Programs.Model;

/// <summary>What a conversation waits for, as the model knows it.</summary>
internal enum TurnPhase
{
    /// <summary>For the user: the last answer is complete.</summary>
    Idle,

    /// <summary>For the model: a request is open.</summary>
    Running,

    /// <summary>For the program: it was told to use a tool, and has not said how that went.</summary>
    Tool,

    /// <summary>For the program: a person has allowed the tool.</summary>
    Approved,

    /// <summary>For the program: its request was refused or cut off; whether it asks again is its own business.</summary>
    Refused,
}

/// <summary>A change of the phase.</summary>
internal sealed record TurnChange(DateTimeOffset At, TurnPhase Phase);

/// <summary>Every change of the phase of the only conversation of a model server: the ground truth for the state of its agent.</summary>
internal sealed class TurnLog
{
    private readonly Lock _gate = new();
    private ImmutableArray<TurnChange> _changes = [new(DateTimeOffset.MinValue, TurnPhase.Idle)];

    /// <summary>All changes, the oldest first; it begins as idle.</summary>
    public ImmutableArray<TurnChange> All
    {
        get
        {
            lock (_gate)
            {
                return _changes;
            }
        }
    }

    /// <summary>The newest change.</summary>
    public TurnChange Last => All[^1];

    public void Enter(TurnPhase phase, DateTimeOffset at)
    {
        lock (_gate)
        {
            if (_changes[^1].Phase != phase)
            {
                _changes = _changes.Add(new TurnChange(at, phase));
            }
        }
    }
}
