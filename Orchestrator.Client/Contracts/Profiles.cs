using System.Collections.Immutable;
using System.Text.Json;

namespace Orchestrator.Client;

/// <summary>A profile of this machine, as <c>orc profile ls</c> lists it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">A line for people; empty if it cannot be used.</param>
/// <param name="Inherits">The profiles it begins with, the nearest first; the last is base.</param>
/// <param name="File">Where it is written.</param>
/// <param name="Command">Program and arguments; empty if it cannot be used.</param>
/// <param name="Installed">Whether the program was found on this machine.</param>
/// <param name="Tried">Beginnings of the versions it was tried with.</param>
/// <param name="Problem">Why it cannot be used; null if it can.</param>
public sealed record LocalProfileInfo(
    string Name, string Description, ImmutableArray<string> Inherits, string File, ImmutableArray<string> Command, bool Installed, ImmutableArray<string> Tried, string? Problem);

/// <summary>A profile with everything it inherits.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Inherits">The profiles it begins with, the nearest first.</param>
/// <param name="Files">The files it is made of, its own first.</param>
/// <param name="Hocon">The whole profile, each value with the place it was written at.</param>
/// <param name="Profile">The whole profile.</param>
public sealed record ProfileDocumentInfo(string Name, ImmutableArray<string> Inherits, ImmutableArray<string> Files, string Hocon, JsonElement Profile);

/// <summary>What is wrong with a profile, or odd about it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="File">Where it is written.</param>
/// <param name="Usable">Whether it can be used.</param>
/// <param name="Findings">What was found; empty if all is well.</param>
public sealed record ProfileCheckInfo(string Name, string File, bool Usable, ImmutableArray<ProfileFindingInfo> Findings);

/// <summary>One thing about a profile.</summary>
/// <param name="Severity">error (it cannot be used) or warning.</param>
/// <param name="File">Where; null if it is no matter of one place.</param>
/// <param name="Line">From 1; null if it is no matter of one line.</param>
/// <param name="Column">From 1; null as well.</param>
/// <param name="Problem">What is wrong, and what to do.</param>
public sealed record ProfileFindingInfo(string Severity, string? File, int? Line, int? Column, string Problem);

/// <summary>How the rules of a profile read a saved screen.</summary>
/// <param name="File">The file, as it was named.</param>
/// <param name="Activity">What the program was doing.</param>
/// <param name="Rule">The rule that decided; (none) if none held.</param>
/// <param name="Evidence">What it found, and where.</param>
/// <param name="Colours">Whether the screen's colours were known.</param>
/// <param name="Pane">Whether the pane's facts were known; else the program counts as running.</param>
/// <param name="Composer">What stands in the input: absent, empty, suggestion, text, paste, mode.</param>
/// <param name="ComposerText">The text in it.</param>
/// <param name="ForMilliseconds">How long it must be read without a break before it counts.</param>
/// <param name="Groups">What the named groups of the deciding rule matched.</param>
/// <param name="Rules">Every rule, and whether it held.</param>
/// <param name="Doubts">What makes the reading doubtful.</param>
public sealed record ScreenTestInfo(
    string File,
    string Activity,
    string Rule,
    string Evidence,
    bool Colours,
    bool Pane,
    string Composer,
    string ComposerText,
    int ForMilliseconds,
    ImmutableDictionary<string, string> Groups,
    ImmutableArray<RuleInfo> Rules,
    ImmutableArray<string> Doubts);
