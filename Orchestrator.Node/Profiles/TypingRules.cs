namespace Orchestrator.Node.Profiles;

/// <summary>What happens to a message for a program that is working.</summary>
public enum WhileWorking
{
    /// <summary>It waits until the program is ready.</summary>
    Wait,

    /// <summary>It is typed: the program itself queues it.</summary>
    QueueInProgram,
}

/// <summary>How text gets into a program.</summary>
public sealed record TypingRules
{
    /// <summary>What happens to a message while the program works.</summary>
    public required WhileWorking WhileWorking { get; init; }

    /// <summary>The key that submits, in tmux's name.</summary>
    public required string SubmitKey { get; init; }

    /// <summary>Whether the input can be seen on the screen, so that submitting waits until the text stands there.</summary>
    public required bool LooksBeforeSubmit { get; init; }

    /// <summary>How long a paste may take to be seen.</summary>
    public required TimeSpan SeenWithin { get; init; }

    /// <summary>How long to wait after it was seen, before it is submitted.</summary>
    public required TimeSpan Settle { get; init; }

    /// <summary>How long after submitting the input may take to be empty; then, and only if the same text still stands there, the submit key is pressed again.</summary>
    public required TimeSpan EmptiedWithin { get; init; }

    /// <summary>How often the submit key may be pressed for one message; 1 to 5.</summary>
    public required int SubmitPresses { get; init; }

    /// <summary>How long after submitting the transcript may take to carry the message.</summary>
    public required TimeSpan ProvenWithin { get; init; }

    /// <summary>How long after the submit key the program may still look idle although its turn is about to begin: until it has been seen working, or this time is over, nothing more is typed. Zero for not at all.</summary>
    public required TimeSpan TurnBeginsWithin { get; init; }

    /// <summary>The longest message with its envelope, in bytes of UTF-8; at most 262,144.</summary>
    public required int MaxBytes { get; init; }
}
