using System.Collections.Immutable;
using System.Text.RegularExpressions;

using Orchestrator.Actors.Agents;
using Orchestrator.Node.Screens;
using Orchestrator.Tmux;

namespace Orchestrator.Node.Profiles;

/// <summary>Reads how the dialogs of a program are read and answered.</summary>
internal static class DialogRulesReader
{
    private const string Nothing = "none";

    private static readonly Dictionary<string, DialogMeaning> Meanings =
        Enum.GetValues<DialogMeaning>().ToDictionary(static meaning => meaning.Words().Replace('_', '-'), StringComparer.Ordinal);

    private static readonly Dictionary<string, SubjectKind> Subjects = Enum.GetValues<SubjectKind>().ToDictionary(static kind => kind.Words(), StringComparer.Ordinal);

    private static readonly Dictionary<string, DialogKeys> Keys = new(StringComparer.Ordinal) { ["named"] = DialogKeys.Named, ["moved"] = DialogKeys.Moved };

    public static ImmutableArray<DialogRules> Read(ProfileSection section, ScreenRules screen)
        => [.. section.Keys.Where(section.Has).Select(name => Dialog(name, section.Section(name), screen))];

    private static DialogRules Dialog(string name, ProfileSection section, ScreenRules screen)
    {
        var rules = section.TextOrTexts("rule");
        if (rules.FirstOrDefault(rule => screen.Rules.All(known => known.Name != rule)) is { } unknown)
        {
            throw section.Wrong("rule", $"is {unknown}, which screen.rules does not have");
        }

        var dialog = new DialogRules
        {
            Name = name,
            Rules = rules,
            Begin = section.Pattern("begin"),
            Strip = section.Has("strip") ? section.Patterns("strip") : [],
            Question = WithGroup(section, "question", "question", section.PatternOrNull("question")),
            Subject = section.Has("subject") ? Subject(section.Section("subject")) : null,
            Options = Options(section.Section("options")),
            Policy = section.Has("policy") && section.Flag("policy"),
            Answer = Answer(section),
            OnlyAtStart = section.Has("only-at-start") && section.Flag("only-at-start"),
            AfterLimit = section.Has("after-limit") && section.Flag("after-limit"),
        };
        section.WarnOfTheRest();
        return dialog;
    }

    private static DialogMeaning? Answer(ProfileSection section)
    {
        // Two keys, so that a profile can say what the answer would be, and a person only whether it is given.
        var given = !section.Has("answered") || section.Flag("answered");
        return section.TextOrNull("answer") is null or Nothing || !given ? null : section.OneOf("answer", Meanings);
    }

    private static SubjectRules Subject(ProfileSection section)
    {
        var rules = new SubjectRules(
            section.OneOf("kind", Subjects),
            WithGroup(section, "regex", "subject", section.PatternWithCapturesOrNull("regex")) ?? throw section.Wrong("regex", "is missing: give a pattern with the group subject"),
            section.Has("strip") ? section.Patterns("strip") : [],
            section.PatternOrNull("cut"),
            section.Has("margin") ? section.Number("margin", 0, 500) : 24);
        section.WarnOfTheRest();
        return rules;
    }

    private static OptionRules Options(ProfileSection section)
    {
        var drawn = WithGroup(section, "regex", "label", section.PatternOrNull("regex"));
        var given = section.Has("fixed") ? section.Sections("fixed") : [];
        if (drawn is null == given.IsEmpty)
        {
            throw section.Wrong("regex", "and fixed: give one of them, a pattern with the group label or a list of { key, label, means }");
        }

        var rules = new OptionRules
        {
            Pattern = drawn,
            Fixed = [.. given.Select(static option => (Key(option, "key"), option.Text("label"), option.OneOf("means", Meanings)))],
            Meanings = section.Has("means") ? [.. MeaningsOf(section.Section("means"))] : [],
            Otherwise = section.Has("otherwise") ? section.OneOf("otherwise", Meanings) : DialogMeaning.Other,
            Keys = section.Has("choose") ? section.OneOf("choose", Keys) : DialogKeys.Moved,
            Next = section.Has("next") ? Key(section, "next") : "Down",
            Previous = section.Has("previous") ? Key(section, "previous") : "Up",
            Confirm = section.Has("confirm") ? Key(section, "confirm") : "Enter",
        };
        section.WarnOfTheRest();
        return rules;
    }

    // In the order of the meanings, not of the file: what refuses is looked for first, what permits for ever before what permits once.
    private static IEnumerable<(Regex Label, DialogMeaning Meaning)> MeaningsOf(ProfileSection section)
    {
        DialogMeaning[] order = [DialogMeaning.Other, DialogMeaning.AnswerInWords, DialogMeaning.RejectAndSay, DialogMeaning.Reject, DialogMeaning.Answer, DialogMeaning.AllowAlways, DialogMeaning.AllowOnce];
        var words = Meanings.ToDictionary(static meaning => meaning.Value, static meaning => meaning.Key);
        var found = order.Where(meaning => section.Has(words[meaning])).SelectMany(meaning => section.Patterns(words[meaning]).Select(pattern => (pattern, meaning))).ToList();
        section.AllowNoOthers();
        return found;
    }

    private static Regex? WithGroup(ProfileSection section, string key, string group, Regex? pattern)
        => pattern is null || pattern.GetGroupNames().Contains(group, StringComparer.Ordinal)
            ? pattern
            : throw section.Wrong(key, $"has no group {group}: write (?<{group}>...) around what is to be read");

    private static string Key(ProfileSection section, string key)
        => PaneKey.TryParse(section.Text(key), out _)
            ? section.Text(key)
            : throw section.Wrong(key, $"is \"{section.Text(key)}\", which is none of the keys that are pressed in dialogs: {string.Join(", ", PaneKey.Known.Select(static known => known.Name))}");
}
