namespace Orchestrator.Tmux;

/// <summary>
/// What has to be true of a pane, at the moment tmux acts, for a delivery step to happen. tmux looks at all of it and acts in one go, so a stale writer, a late call, a wrong
/// program and a repeat are refused by tmux itself, whenever the command reaches it.
/// </summary>
public sealed record DeliveryGuard
{
    /// <summary>The pane; it has to be alive, with its input on.</summary>
    public required PaneId Pane { get; init; }

    /// <summary>The writer that adopted the pane: a number that is never used again, from <see cref="TmuxDeliveries.AdoptAsync"/>.</summary>
    public required long Writer { get; init; }

    /// <summary>How many messages have been typed so far.</summary>
    public required long Sequence { get; init; }

    /// <summary>Process id of the program started in the pane.</summary>
    public required int ProcessId { get; init; }

    /// <summary>Names of programs that may stand in the foreground, one of which has to: letters, digits, blanks and <c>. _ + -</c>. At least one.</summary>
    public required IReadOnlyList<string> Commands { get; init; }

    /// <summary>The moment, by the wall clock of tmux's machine in whole seconds rounded down, from which on nothing may happen any more.</summary>
    public required DateTimeOffset Deadline { get; init; }

    /// <summary>The guard for the step after a message was typed.</summary>
    public DeliveryGuard AfterTyping() => this with { Sequence = Sequence + 1 };
}

/// <summary>Which conditions of a guard did not hold.</summary>
[Flags]
public enum GuardMismatches
{
    /// <summary>All held.</summary>
    None = 0,

    /// <summary>There is no such pane.</summary>
    PaneGone = 1,

    /// <summary>The program has ended.</summary>
    PaneDead = 2,

    /// <summary>Input to the pane is off.</summary>
    InputOff = 4,

    /// <summary>Another writer has adopted the pane.</summary>
    Writer = 8,

    /// <summary>More or fewer messages have been typed.</summary>
    Sequence = 16,

    /// <summary>Another process was started in the pane.</summary>
    Process = 32,

    /// <summary>Another program is in the foreground.</summary>
    Command = 64,

    /// <summary>It was too late.</summary>
    Deadline = 128,

    /// <summary>The message typed last is another one.</summary>
    Last = 256,

    /// <summary>The buffer with the text is gone.</summary>
    Buffer = 512,
}

/// <summary>What tmux saw when it refused. Null where it could not be read.</summary>
/// <param name="Now">tmux's clock, whole seconds.</param>
/// <param name="Dead">Whether the program had ended.</param>
/// <param name="InputOff">Whether input was off.</param>
/// <param name="ProcessId">Process id of the program started in the pane.</param>
/// <param name="Command">The program in the foreground (untrusted).</param>
/// <param name="Marks">The marks.</param>
public sealed record GuardReading(DateTimeOffset? Now, bool Dead, bool InputOff, int? ProcessId, string Command, PaneMarks Marks);
