using System.Collections.Immutable;
using Orchestrator.Node.Channels;
using Orchestrator.Node.Hooks;
using Orchestrator.Node.Screens;
using Orchestrator.Node.Tools;
using Orchestrator.Node.Transcripts;

namespace Orchestrator.Node.Profiles;

/// <summary>How one kind of program is driven: a file in <c>hocon/agents</c>, no code.</summary>
public sealed record AgentProfile
{
    /// <summary>Its name, as <c>--profile</c> takes it: small letters, digits and hyphens, at most 40.</summary>
    public required string Name { get; init; }

    /// <summary>A line for people.</summary>
    public required string Description { get; init; }

    /// <summary>Program and arguments. The placeholders of <see cref="LaunchContext"/> are replaced in each word; there is no shell.</summary>
    public required ImmutableArray<string> Command { get; init; }

    /// <summary>Whether an agent may be given a command of its own in place of this one.</summary>
    public required bool CommandReplaceable { get; init; }

    /// <summary>What is added to the command to take up the conversation <c>{session}</c> again; empty if the program cannot.</summary>
    public required ImmutableArray<string> ResumeArguments { get; init; }

    /// <summary>How its conversation is begun, and known again.</summary>
    public required SessionRules Session { get; init; }

    /// <summary>Which agents share the limits of one account.</summary>
    public required AccountRules Account { get; init; }

    /// <summary>How it is told what its agent's role says.</summary>
    public required RoleRules Role { get; init; }

    /// <summary>How the version is asked for, and which ones this profile was tried with.</summary>
    public required VersionRules Version { get; init; }

    /// <summary>The environment the program gets.</summary>
    public required EnvironmentRules Environment { get; init; }

    /// <summary>The pane's size in cells, at least 40 x 10.</summary>
    public required PaneSize Size { get; init; }

    /// <summary>The names by which the program is known in <c>pane_current_command</c>.</summary>
    public required ProgramNames Programs { get; init; }

    /// <summary>How its screens are read.</summary>
    public required ScreenRules Screen { get; init; }

    /// <summary>How text gets into it.</summary>
    public required TypingRules Typing { get; init; }

    /// <summary>What is put around a message.</summary>
    public required EnvelopeRules Envelope { get; init; }

    /// <summary>What the program changes by itself in what it is told.</summary>
    public required ImmutableArray<TextTransform> Transforms { get; init; }

    /// <summary>How its dialogs are read and answered.</summary>
    public required ImmutableArray<DialogRules> Dialogs { get; init; }

    /// <summary>How it is asked to end.</summary>
    public required StopRules Stop { get; init; }

    /// <summary>Where it writes down what was said to it; null if it does not, or nobody knows where.</summary>
    public required TranscriptRules? Transcript { get; init; }

    /// <summary>What lines of its transcript say of it; the first that fits counts.</summary>
    public ImmutableArray<TranscriptFact> TranscriptFacts { get; init; } = [];

    /// <summary>What its transcript says of the limits of its account.</summary>
    public ImmutableArray<LimitLine> TranscriptLimits { get; init; } = [];

    /// <summary>How messages get into it beside its screen; null if they cannot.</summary>
    public required ChannelRules? Channel { get; init; }

    /// <summary>How its answers are read from its transcript; null if they cannot be.</summary>
    public required AnswerRules? Answers { get; init; }

    /// <summary>How it is made to tell what it does.</summary>
    public required HookRules Hooks { get; init; }

    /// <summary>How it is told of the tools of the orchestrator.</summary>
    public required ToolRules Tools { get; init; }

    /// <summary>When it counts as hung.</summary>
    public required HangLimits Hang { get; init; }

    /// <summary>What happens after a limit.</summary>
    public required LimitRules Limit { get; init; }

    /// <summary>The names as written, where <c>{command}</c> stands for the name of the program.</summary>
    internal ImmutableArray<string> ProgramNamesAsWritten { get; init; } = [];

    /// <summary>The same profile for another command: for <c>shell</c>, or a program that lies elsewhere.</summary>
    /// <param name="command">Program and arguments, at least the program.</param>
    public AgentProfile WithCommand(ImmutableArray<string> command) => this with
    {
        Command = command,
        Programs = Programs with
        {
            Expected = [.. ProgramNamesAsWritten.Select(name => name.Replace("{command}", Path.GetFileName(command[0]), StringComparison.Ordinal))],
        },
    };

    /// <summary>Reads a screen of the program.</summary>
    /// <param name="snapshot">The screen.</param>
    public ScreenReading Read(ScreenSnapshot snapshot) => ScreenClassifier.Read(Screen, Programs, snapshot);

    /// <summary>Reads the dialog on a screen of the program; null if it shows none.</summary>
    /// <param name="snapshot">The screen.</param>
    /// <param name="reading">What was read from it.</param>
    public DialogReading? ReadDialog(ScreenSnapshot snapshot, ScreenReading reading) => DialogReader.Read(Screen, Dialogs, snapshot, reading);
}

/// <summary>A size in cells.</summary>
/// <param name="Columns">40 to 1000.</param>
/// <param name="Rows">10 to 500.</param>
public readonly record struct PaneSize(int Columns, int Rows);

/// <summary>Which versions of the program the profile was tried with. Another one is driven too, and told of.</summary>
/// <param name="Command">Prints the version; empty if the program has none.</param>
/// <param name="Tried">Beginnings of versions, such as <c>0.24.</c>.</param>
public sealed record VersionRules(ImmutableArray<string> Command, ImmutableArray<string> Tried)
{
    /// <summary>Whether a printed version is one that was tried. Without a list all are.</summary>
    /// <param name="version">What the command printed.</param>
    public bool Knows(string version)
        => Tried.IsEmpty || Tried.Any(tried => version.Trim().Contains(tried, StringComparison.Ordinal));
}

/// <summary>How the program is asked to end before its pane is killed.</summary>
/// <param name="Keys">Keys in tmux's names, pressed one after the other until the program is gone.</param>
/// <param name="Between">The wait after each key.</param>
/// <param name="Within">The wait after the last key; then the pane is killed.</param>
public sealed record StopRules(ImmutableArray<string> Keys, TimeSpan Between, TimeSpan Within);

/// <summary>When a program counts as hung. A limit of zero is none.</summary>
/// <param name="Start">From launch to the first time it is ready.</param>
/// <param name="Quiet">While working: without a change of the screen's text, spinners and clocks apart,.</param>
/// <param name="Turn">While working: since the turn began.</param>
public sealed record HangLimits(TimeSpan Start, TimeSpan Quiet, TimeSpan Turn);

/// <summary>What happens to a program that has given up at a rate or usage limit.</summary>
/// <param name="TryAgain">After so long at its prompt the next message is tried; zero is never.</param>
public sealed record LimitRules(TimeSpan TryAgain);
