using System.Collections.Immutable;
using System.Text.RegularExpressions;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Identity;

namespace Orchestrator.Node.Screens;

/// <summary>Reads the dialog on a screen as data. A pure function: the same snapshot gives the same reading, on any thread.</summary>
public static class DialogReader
{
    private const int LongestQuestion = 500;
    private const int LongestLabel = 300;
    private const int LongestSubject = 20_000;
    private const int RowsOfSubject = 4;

    /// <summary>The dialog that a screen shows; null if it shows none.</summary>
    /// <param name="rules">How the program's screens are read.</param>
    /// <param name="dialogs">How its dialogs are read.</param>
    /// <param name="snapshot">The screen.</param>
    /// <param name="reading">What was read from it.</param>
    public static DialogReading? Read(ScreenRules rules, ImmutableArray<DialogRules> dialogs, ScreenSnapshot snapshot, ScreenReading reading)
    {
        var known = dialogs.Where(dialog => dialog.Rules.Contains(reading.Rule)).ToList();
        if (known.Count == 0 && reading.Activity is not (ScreenActivity.AwaitingApproval or ScreenActivity.AwaitingAnswer))
        {
            return null;
        }

        try
        {
            var text = new ScreenText(snapshot, rules.Noise);
            return known.Select(dialog => Read(dialog, text)).FirstOrDefault(static found => found is not null) ?? Unknown(reading.Rule);
        }
        catch (RegexMatchTimeoutException)
        {
            // A screen on which a pattern runs for ever is one that nobody but a person can answer.
            return Unknown(reading.Rule) with { IsUndecided = true };
        }
    }

    private static DialogReading Unknown(string kind) => new(new AgentDialog(kind, "", Subject: null, []), Rules: null, [], [], []);

    private static DialogReading? Read(DialogRules rules, ScreenText text)
    {
        var whole = string.Join('\n', text.Lines);
        if (rules.Begin.Matches(whole).LastOrDefault() is not { } begin)
        {
            return null;
        }

        var first = whole.AsSpan(0, begin.Index).Count('\n');
        var rows = text.Lines[first..].Select(row => Stripped(row, rules.Strip)).ToImmutableArray();
        var block = string.Join('\n', rows);
        var question = rules.Question?.Match(block);
        if (question is { Success: false })
        {
            return null;
        }

        var asked = question is null ? "" : InOneLine(question.Groups["question"].Value, LongestQuestion);
        var (subject, programs) = Subject(rules.Subject, block, text.Snapshot.Pane.Columns);
        var options = rules.Options.Fixed.IsEmpty ? Drawn(rules.Options, rows, text, first) : [.. rules.Options.Fixed.Select(option => (Option: new DialogOption(0, option.Key, option.Label, option.Meaning, Selected: false), Row: -1))];
        return new DialogReading(
            Redacted(new AgentDialog(rules.Name, asked, subject, [.. options.Select((option, index) => option.Option with { Number = index + 1 })])),
            rules,
            programs,
            [.. Recognised(question?.Groups["question"].Value).Concat(Recognised(subject?.Text).Take(RowsOfSubject))],
            [.. options.Select(option => option.Row < 0 ? "" : rows[option.Row].Trim())]);
    }

    // A text without its secrets is not all of it: no rule may permit what it has not seen.
    private static AgentDialog Redacted(AgentDialog dialog) => dialog with
    {
        Question = Secret.Redact(dialog.Question),
        Subject = dialog.Subject is { } subject && Secret.Redact(subject.Text) is var text && text != subject.Text ? subject with { Text = text, Whole = false } : dialog.Subject,
        Options = [.. dialog.Options.Select(static option => option with { Label = Secret.Redact(option.Label) })],
    };

    private static (DialogSubject? Subject, ImmutableArray<string> Programs) Subject(SubjectRules? rules, string block, int columns)
    {
        if (rules?.Pattern.Match(block) is not { Success: true } match)
        {
            return (rules is null ? null : new DialogSubject(rules.Kind, "", Whole: false), []);
        }

        var rows = match.Groups["subject"].Value.Split('\n').Select(row => Stripped(row, rules.Strip).TrimEnd()).ToList();
        var indent = rows.Where(static row => row.Length > 0).Select(static row => row.Length - row.TrimStart().Length).DefaultIfEmpty(0).Min();
        var text = string.Join('\n', rows.Select(row => row.Length == 0 ? row : row[indent..])).Trim('\n');
        var whole = text.Length is > 0 and <= LongestSubject && rules.Cut?.IsMatch(match.Value) != true && !MayBeWrapped(rows, columns - rules.Margin);
        ImmutableArray<string> programs = [.. match.Groups["programs"].Captures.Select(static capture => capture.Value.Trim()).Where(static name => name.Length > 0)];
        return (new DialogSubject(rules.Kind, text.Length > LongestSubject ? text[..LongestSubject] : text, whole), programs);
    }

    // Whether a row ends where the next one's first word would not have fitted any more: then the break may be the program's own. The last one may have been cut.
    private static bool MayBeWrapped(List<string> rows, int columns)
        => rows.Any(row => Width(row) > columns) || rows.Zip(rows.Skip(1)).Any(pair => Width(pair.First) + 1 + Width(FirstWord(pair.Second)) > columns);

    private static string FirstWord(string row) => row.TrimStart().Split(' ')[0];

    // At most so many columns: what is not ASCII may be wide.
    private static int Width(string text) => text.Sum(static character => char.IsAscii(character) ? 1 : 2);

    private static ImmutableArray<(DialogOption Option, int Row)> Drawn(OptionRules rules, ImmutableArray<string> rows, ScreenText text, int first)
    {
        var found = new List<(Match Match, int Row)>();
        foreach (var (index, row) in rows.Index())
        {
            foreach (var match in rules.Pattern!.Matches(row).Where(static match => match.Groups["label"].Success))
            {
                // What a command or a question quotes stands above the options: only the last list that begins anew counts.
                if (match.Groups["key"].Value == "1")
                {
                    found.Clear();
                }

                found.Add((match, index));
            }
        }

        var options = found.Select((option, index) =>
        {
            var next = index + 1 < found.Count ? found[index + 1].Row : rows.Length;
            var label = InOneLine(string.Join(' ', rows[(option.Row + 1)..Math.Max(next, option.Row + 1)].TakeWhile(row => Continues(row, option.Match)).Prepend(option.Match.Groups["label"].Value)), LongestLabel);
            return (Option: new DialogOption(0, option.Match.Groups["key"].Value, label, Meaning(rules, label), option.Match.Groups["selected"].Value.Trim().Length > 0), option.Row);
        }).ToImmutableArray();
        return options.Any(static option => option.Option.Selected) ? options : ByColour(options, found, text, first);
    }

    private static bool Continues(string row, Match option) => row.Trim().Length > 0 && row.Length - row.TrimStart().Length >= Math.Max(3, option.Groups["label"].Index);

    private static DialogMeaning Meaning(OptionRules rules, string label)
        => rules.Meanings.Where(meaning => meaning.Label.IsMatch(label)).Select(static meaning => (DialogMeaning?)meaning.Meaning).FirstOrDefault() ?? rules.Otherwise;

    /// <summary>Some programs show the selected one by its colour alone: it is the one that is drawn unlike all others, which are drawn alike.</summary>
    private static ImmutableArray<(DialogOption Option, int Row)> ByColour(ImmutableArray<(DialogOption Option, int Row)> options, List<(Match Match, int Row)> found, ScreenText text, int first)
    {
        if (text.Snapshot.Styles is not { } styles)
        {
            return options;
        }

        var colours = found.Select(option =>
        {
            var row = first + option.Row;
            var column = text.Snapshot.Lines[row].IndexOf(option.Match.Groups["label"].Value, StringComparison.Ordinal);
            return column < 0 ? null : styles[row].Last(run => run.Start <= column).Foreground;
        }).ToList();
        var alone = colours.GroupBy(static colour => colour).Where(static group => group.Key is not null && group.Count() == 1).Select(static group => group.Key).ToList();
        return colours.Count < 3 || alone.Count != 1 || colours.Distinct().Count() != 2
            ? options
            : [.. options.Select((option, index) => (option.Option with { Selected = colours[index] == alone[0] }, option.Row))];
    }

    private static IEnumerable<string> Recognised(string? text) => (text ?? "").Split('\n').Select(static row => row.Trim()).Where(static row => row.Length > 0);

    private static string Stripped(string row, ImmutableArray<Regex> patterns) => patterns.Aggregate(row, static (rest, pattern) => pattern.Replace(rest, ""));

    private static string InOneLine(string text, int most)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= most ? line : line[..(most - 1)] + "…";
    }
}
