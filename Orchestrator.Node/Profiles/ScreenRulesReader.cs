using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Orchestrator.Node.Screens;

namespace Orchestrator.Node.Profiles;

/// <summary>Reads how the screens of a program are read.</summary>
internal static class ScreenRulesReader
{
    private static readonly Dictionary<string, ScreenActivity> Activities =
        Enum.GetValues<ScreenActivity>().ToDictionary(activity => activity.Name(), StringComparer.Ordinal);

    private static readonly Dictionary<string, bool> PasteCounts = new(StringComparer.Ordinal) { ["all"] = false, ["after-first"] = true };

    private static readonly Dictionary<string, bool> Ends = new(StringComparer.Ordinal) { ["first"] = false, ["last"] = true };

    private static readonly Dictionary<string, ComposerCursor> Cursors = new(StringComparer.Ordinal)
    {
        ["any"] = ComposerCursor.Any,
        ["shown"] = ComposerCursor.Shown,
        ["parked"] = ComposerCursor.Parked,
    };

    public static ScreenRules Read(ProfileSection section)
    {
        var anchors = Anchors(section.Section("anchors"));
        var result = new ScreenRules
        {
            Otherwise = section.OneOf("otherwise", Activities),
            Noise = section.Patterns("noise"),
            Anchors = anchors,
            Composer = section.Has("composer") ? Composer(section.Section("composer")) : null,
            Rules = Rules(section.Section("rules"), [.. anchors.Keys]),
        };
        section.WarnOfTheRest();
        return result;
    }

    private static ImmutableDictionary<string, Regex> Anchors(ProfileSection section)
        => section.Keys.Where(section.Has).ToImmutableDictionary(name => name, section.Pattern, StringComparer.Ordinal);

    private static ComposerRules Composer(ProfileSection section)
    {
        var result = new ComposerRules
        {
            Top = section.PatternOrNull("top"),
            Bottom = section.PatternOrNull("bottom"),
            Prompt = section.Pattern("prompt"),
            ModePrompt = section.PatternOrNull("mode-prompt"),
            Never = section.PatternOrNull("never"),
            NeverBelow = section.PatternOrNull("never-below"),
            BottomIsLast = section.Has("bottom-is") && section.OneOf("bottom-is", Ends),
            BottomMargin = section.Has("bottom-margin") ? section.Number("bottom-margin", 0, 10) : 0,
            Cursor = section.Has("cursor") ? section.OneOf("cursor", Cursors) : ComposerCursor.Any,
            Placeholders = section.Has("placeholders") ? section.Patterns("placeholders") : [],
            Paste = section.PatternOrNull("paste"),
            PasteCountsLinesAfterFirst = section.Has("paste-counts") && section.OneOf("paste-counts", PasteCounts),
            Suggestions = section.Has("suggestions") && section.Flag("suggestions"),
            Within = section.Has("within") ? section.Number("within", 1, 500) : 40,
        };
        section.WarnOfTheRest();
        return result;
    }

    private static ImmutableArray<ScreenRule> Rules(ProfileSection section, ImmutableArray<string> anchors)
        => [.. section.Keys.Where(section.Has).Select(name => Rule(name, section.Section(name), anchors))];

    private static ScreenRule Rule(string name, ProfileSection section, ImmutableArray<string> anchors)
    {
        var rule = new ScreenRule(
            name,
            section.OneOf("activity", Activities),
            section.Number("priority", 0, 10_000),
            section.Has("for") ? section.Duration("for") : TimeSpan.Zero,
            ConditionReader.Read(section.Section("when"), anchors));
        section.WarnOfTheRest();
        return rule;
    }
}
