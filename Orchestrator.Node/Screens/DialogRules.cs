using System.Collections.Immutable;
using System.Text.RegularExpressions;

using Orchestrator.Actors.Agents;

namespace Orchestrator.Node.Screens;

/// <summary>How an option is chosen.</summary>
public enum DialogKeys
{
    /// <summary>By the key that the screen names for it, which decides at once.</summary>
    Named,

    /// <summary>The selection is moved to it, with a look after each step, and confirmed.</summary>
    Moved,
}

/// <summary>How one dialog of a program is recognised, read and answered.</summary>
public sealed record DialogRules
{
    /// <summary>Its name in the profile: what policies and people call this kind of dialog.</summary>
    public required string Name { get; init; }

    /// <summary>The screen rules under which it may stand there.</summary>
    public required ImmutableArray<string> Rules { get; init; }

    /// <summary>Where it begins: the last place that this pattern finds. All others look only from there to the end of the screen.</summary>
    public required Regex Begin { get; init; }

    /// <summary>What is taken out of each of its rows first, frames for instance.</summary>
    public required ImmutableArray<Regex> Strip { get; init; }

    /// <summary>The question, in the group <c>question</c>.</summary>
    public required Regex? Question { get; init; }

    /// <summary>What it is about; null if that is not shown.</summary>
    public required SubjectRules? Subject { get; init; }

    /// <summary>Its options.</summary>
    public required OptionRules Options { get; init; }

    /// <summary>Whether a policy may decide it.</summary>
    public required bool Policy { get; init; }

    /// <summary>What a person has decided in the profile once and for all; null if nothing.</summary>
    public required DialogMeaning? Answer { get; init; }

    /// <summary>Whether <see cref="Answer"/> counts only before the program was ready for the first time.</summary>
    public required bool OnlyAtStart { get; init; }

    /// <summary>Whether <see cref="Answer"/> is given only once the limit is over that the dialog tells of.</summary>
    public required bool AfterLimit { get; init; }
}

/// <summary>How the subject of a dialog is read.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Pattern">Finds it, in the group <c>subject</c>; a group <c>programs</c> may hold names of programs that the dialog itself says are in it.</param>
/// <param name="Strip">What is taken out of each of its rows.</param>
/// <param name="Cut">What shows that it is not all there.</param>
/// <param name="Margin">How many columns of the pane its rows cannot use, at most: a row that could have been broken or cut there by the program makes it one of which nobody can tell how it reads.</param>
public sealed record SubjectRules(SubjectKind Kind, Regex Pattern, ImmutableArray<Regex> Strip, Regex? Cut, int Margin);

/// <summary>How the options of a dialog are read and chosen.</summary>
public sealed record OptionRules
{
    /// <summary>Options that are not drawn one by one, such as y and n; empty if they are.</summary>
    public required ImmutableArray<(string Key, string Label, DialogMeaning Meaning)> Fixed { get; init; }

    /// <summary>Finds an option: groups <c>label</c>, and where there are, <c>key</c> and <c>selected</c>.</summary>
    public required Regex? Pattern { get; init; }

    /// <summary>What the labels mean: the first pattern that finds something in one decides.</summary>
    public required ImmutableArray<(Regex Label, DialogMeaning Meaning)> Meanings { get; init; }

    /// <summary>What every other label means.</summary>
    public required DialogMeaning Otherwise { get; init; }

    /// <summary>How one is chosen.</summary>
    public required DialogKeys Keys { get; init; }

    /// <summary>The key that selects the next one.</summary>
    public required string Next { get; init; }

    /// <summary>The key that selects the one before.</summary>
    public required string Previous { get; init; }

    /// <summary>The key that confirms the selected one.</summary>
    public required string Confirm { get; init; }
}

/// <summary>A dialog on a screen.</summary>
/// <param name="Dialog">The dialog.</param>
/// <param name="Rules">By which it was read; null if the profile does not know it.</param>
/// <param name="Programs">The programs that the dialog itself says are in its command; empty if it says none.</param>
/// <param name="Rows">Rows by which it is recognised: its question and its subject.</param>
/// <param name="OptionRows">The row of each option.</param>
public sealed record DialogReading(AgentDialog Dialog, DialogRules? Rules, ImmutableArray<string> Programs, ImmutableArray<string> Rows, ImmutableArray<string> OptionRows)
{
    /// <summary>Whether a pattern ran out of time: the screen is to be read again before it is believed.</summary>
    public bool IsUndecided { get; init; }

    /// <summary>The option that is selected now; null if that cannot be seen.</summary>
    public DialogOption? Selected => Dialog.Options.Where(static o => o.Selected).Take(2).ToList() is [var one] ? one : null;
}
