using System.Collections.Immutable;
using System.Text.RegularExpressions;

using Orchestrator.Node.Screens;

namespace Orchestrator.Node.Hooks;

/// <summary>How a program is made to tell the node what it does, for one process of it and without a change to its user's settings, and what its events mean.</summary>
public sealed record HookRules : IProgramSettings
{
    /// <inheritdoc/>
    public required ImmutableArray<string> Arguments { get; init; }

    /// <inheritdoc/>
    public required ImmutableDictionary<string, string> Environment { get; init; }

    /// <inheritdoc/>
    public required ImmutableArray<HookFile> Files { get; init; }

    /// <summary>A command of which the program knows only one; null if it has none of the kind.</summary>
    public required HookCommand? Command { get; init; }

    /// <summary>The field of what the program sends that names the event.</summary>
    public required string EventField { get; init; }

    /// <summary>What its events mean; the first that fits counts. An event that fits none is kept for <c>explain</c> and says nothing.</summary>
    public required ImmutableArray<HookMeaning> Facts { get; init; }

    /// <inheritdoc/>
    public required bool OnlyIfRootOwned { get; init; }

    /// <summary>For how long a screen must have said something else, after the event and without a break, until the event counts no more.</summary>
    public required TimeSpan YieldsAfter { get; init; }

    /// <inheritdoc/>
    public bool IsOn => !Files.IsEmpty || !Arguments.IsEmpty || !Environment.IsEmpty || Command is not null;
}

/// <summary>A JSON file that is written for a program.</summary>
/// <param name="Path">Where; placeholders are replaced.</param>
/// <param name="Json">Its content; placeholders are replaced in its texts.</param>
/// <param name="InPlaceOf">
/// The file that the program would have read in its place, whose content is kept: objects are merged, arrays are put one behind the other. Of several the first that counts: one that begins
/// with <c>$NAME</c> if that variable is set for the program, another one if it exists.
/// </param>
public sealed record HookFile(string Path, string Json, ImmutableArray<string> InPlaceOf);

/// <summary>A command that a program calls with an event as its last argument, and of which it knows only one: the node's own, which calls that of the user afterwards.</summary>
/// <param name="Arguments">Words put after those of the program's command; <c>{words}</c> is the list of the command's words, as JSON and TOML write it.</param>
/// <param name="InPlaceOf">The TOML file in which the user's own is set; of several the first that counts, as in <see cref="HookFile"/>.</param>
/// <param name="Key">The key there, at the top of the file: a list of words.</param>
public sealed record HookCommand(ImmutableArray<string> Arguments, ImmutableArray<string> InPlaceOf, string Key);

/// <summary>What an event means.</summary>
/// <param name="Name">Its name in the profile.</param>
/// <param name="Event">The event, as the program names it.</param>
/// <param name="Where">Patterns that fields of the event must match.</param>
/// <param name="Activity">What the program does from then on; null if the event ends what was known by hooks.</param>
public sealed record HookMeaning(string Name, string Event, ImmutableDictionary<string, Regex> Where, ScreenActivity? Activity)
{
    /// <summary>Whether the event only goes before its screen: once that has said the same, the screen alone counts again.</summary>
    public bool UntilSeen { get; init; }

    /// <summary>The field that names the conversation: of another one than the agent's own the event says nothing. Null where the program tells of one only.</summary>
    public string? SessionField { get; init; }
}
