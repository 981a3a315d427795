using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Orchestrator.Node.Screens;

/// <summary>One rule: if its condition holds, the screen may show its activity.</summary>
/// <param name="Name">Its name in the profile.</param>
/// <param name="Activity">What it says the program is doing.</param>
/// <param name="Priority">The highest of the rules that hold wins; of equal ones the one that holds lowest on the screen, which is the newest.</param>
/// <param name="For">How long the activity must be read without a break before it counts.</param>
/// <param name="When">The condition.</param>
public sealed record ScreenRule(string Name, ScreenActivity Activity, int Priority, TimeSpan For, ScreenCondition When);

/// <summary>How the screens of a program are read.</summary>
public sealed record ScreenRules
{
    /// <summary>The rules, in any order.</summary>
    public required ImmutableArray<ScreenRule> Rules { get; init; }

    /// <summary>The activity if no rule holds. Busy, unless a profile knows better: a message too late does less harm than one typed into a dialog.</summary>
    public ScreenActivity Otherwise { get; init; } = ScreenActivity.Working;

    /// <summary>How the input is found; null if the program draws none.</summary>
    public ComposerRules? Composer { get; init; }

    /// <summary>What is taken out of every row before anything is read: scroll bars and the like.</summary>
    public ImmutableArray<Regex> Noise { get; init; } = [];

    /// <summary>Rows that begin something, by name, for the region <c>after NAME</c>.</summary>
    public ImmutableDictionary<string, Regex> Anchors { get; init; } = ImmutableDictionary<string, Regex>.Empty;
}
