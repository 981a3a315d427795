using System.Collections.Immutable;

namespace Orchestrator.Node.Screens;

/// <summary>A rule that held.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Evidence">What was found, and where.</param>
/// <param name="Row">The lowest row of the evidence, -1 if it is not on the screen.</param>
/// <param name="Groups">What the named groups of its patterns matched, such as the time at which a limit ends.</param>
public sealed record RuleMatch(ScreenRule Rule, string Evidence, int Row, ImmutableDictionary<string, string> Groups)
{
    /// <summary>What a rule without named groups has matched by them.</summary>
    internal static ImmutableDictionary<string, string> NoGroups => ConditionResult.NoGroups;
}

/// <summary>What a screen says, and why.</summary>
/// <param name="Activity">What the program is doing.</param>
/// <param name="Winner">The rule that decided; null if none held and the profile's default was taken.</param>
/// <param name="Matches">Every rule that held, the winner first.</param>
/// <param name="Composer">What stands in the input.</param>
/// <param name="Doubts">What makes the reading doubtful: a pattern that took too long, no rule at all.</param>
public sealed record ScreenReading(
    ScreenActivity Activity,
    RuleMatch? Winner,
    ImmutableArray<RuleMatch> Matches,
    ComposerReading Composer,
    ImmutableArray<string> Doubts)
{
    /// <summary>Whether a rule that might have won ran out of time, as on a machine with too much to do: the screen is to be read again before it is believed.</summary>
    public bool IsUndecided { get; init; }

    /// <summary>The name of the rule that decided, or <c>(none)</c>.</summary>
    public string Rule => Winner?.Rule.Name ?? "(none)";

    /// <summary>What decided, in a line that a person can check.</summary>
    public string Evidence => Winner?.Evidence ?? "no rule holds";

    /// <summary>How long the activity must be read without a break before it counts.</summary>
    public TimeSpan For => Winner?.Rule.For ?? TimeSpan.Zero;
}
