using Orchestrator.Runtime;

namespace Orchestrator.Actors.Messaging.Protocol;

/// <summary>What is wrong with a message, so that it is not sent.</summary>
public enum ProtocolViolation
{
    /// <summary>It is no message: not an object, an unknown field or type, a value that cannot be read.</summary>
    InvalidFormat,

    /// <summary>A field that it needs is not there.</summary>
    MissingRequiredField,

    /// <summary>A field has a value of another kind or beyond what is allowed.</summary>
    InvalidFieldType,

    /// <summary>Its time was over before it was sent.</summary>
    ExpiredMessage,

    /// <summary>It names a sender that it is not from, or its sender may not send.</summary>
    UnauthorizedSender,

    /// <summary>Its time stamp lies in the future.</summary>
    FutureTimestamp,

    /// <summary>It is larger than a message may be.</summary>
    TooLarge,

    /// <summary>Whom it is for is not known.</summary>
    UnknownRecipient,

    /// <summary>Its id was used for another message.</summary>
    Duplicate,

    /// <summary>An agent sends too much to another.</summary>
    RateLimit,

    /// <summary>It is the answer to an answer to an answer, and so on.</summary>
    HopLimit,

    /// <summary>Two agents have answered each other often enough.</summary>
    ExchangeLimit,

    /// <summary>The team of the sender does not let it speak to this agent.</summary>
    NotInTouch,

    /// <summary>A member of a team sends too much to many at once.</summary>
    BroadcastLimit,
}

/// <summary>A violation in words.</summary>
/// <param name="Violation">Which.</param>
/// <param name="Reason">What is wrong and what to do.</param>
public sealed record ProtocolError(ProtocolViolation Violation, string Reason)
{
    /// <summary>The refusal code that a violation has towards the sender.</summary>
    public static string CodeOf(ProtocolViolation violation) => violation switch
    {
        ProtocolViolation.UnauthorizedSender => "forbidden",
        ProtocolViolation.UnknownRecipient => RefusalCodes.NotFound,
        ProtocolViolation.Duplicate => RefusalCodes.AlreadyExists,
        ProtocolViolation.NotInTouch => "forbidden",
        ProtocolViolation.RateLimit or ProtocolViolation.BroadcastLimit => RefusalCodes.Overloaded,
        ProtocolViolation.HopLimit or ProtocolViolation.ExchangeLimit => RefusalCodes.IllegalState,
        _ => RefusalCodes.Invalid,
    };
}

/// <summary>What messages are held to.</summary>
public sealed record ProtocolRules
{
    /// <summary>A time stamp may lie so far in the past, unless the message says itself when it expires.</summary>
    public TimeSpan MaximumAge { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>A time stamp may lie so far ahead: clocks differ.</summary>
    public TimeSpan MaximumLead { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Who may send: names, or beginnings of names that end in an asterisk. Nobody else is let in; empty means everybody who has a token for it.</summary>
    public System.Collections.Immutable.ImmutableArray<string> Senders { get; init; } = [];

    /// <summary>What agents are held to among themselves.</summary>
    public TalkLimits Talk { get; init; } = new();

    /// <summary>How many questions of one agent may wait for a person.</summary>
    public int OpenQuestions { get; init; } = 10;

    /// <summary>What is wrong with it that <paramref name="sender"/> sends at all; null if nothing.</summary>
    public ProtocolError? Wrong(string sender)
        => Allows(sender) ? null : new ProtocolError(ProtocolViolation.UnauthorizedSender, $"{sender} is not among those who may send messages: ask the operator to add it to orchestrator.protocol.senders");

    private bool Allows(string sender)
        => Senders.IsDefaultOrEmpty || Senders.Any(known => known.EndsWith('*') ? sender.StartsWith(known[..^1], StringComparison.Ordinal) : sender == known);
}
