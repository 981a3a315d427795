using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Orchestrator.Node.Screens;

namespace Orchestrator.Node.Profiles;

/// <summary>Reads the conditions of screen rules.</summary>
internal static class ConditionReader
{
    private static readonly Dictionary<string, ComposerState> ComposerStates = new(StringComparer.Ordinal)
    {
        ["absent"] = ComposerState.Absent,
        ["empty"] = ComposerState.Empty,
        ["suggestion"] = ComposerState.Suggestion,
        ["text"] = ComposerState.Text,
        ["paste"] = ComposerState.Paste,
        ["mode"] = ComposerState.Mode,
    };

    private static readonly Dictionary<string, ProgramInForeground> Programs = new(StringComparer.Ordinal)
    {
        ["expected"] = ProgramInForeground.Expected,
        ["shell"] = ProgramInForeground.Shell,
        ["other"] = ProgramInForeground.Other,
    };

    private static readonly Dictionary<string, Drawing> Drawings = new(StringComparer.Ordinal)
    {
        ["plain"] = Drawing.Plain,
        ["aside"] = Drawing.Aside,
    };

    private static readonly Dictionary<string, Func<PaneFacts, bool>> Facts = new(StringComparer.Ordinal)
    {
        ["cursor-shown"] = static pane => pane.CursorShown,
        ["alternate-on"] = static pane => pane.AlternateOn,
        ["mouse-on"] = static pane => pane.MouseOn,
        ["in-mode"] = static pane => pane.InMode,
        ["dead"] = static pane => pane.Dead,
    };

    /// <summary>Reads a condition. Several keys in one section must all hold; several texts or patterns in one list are alternatives.</summary>
    /// <param name="section">The section.</param>
    /// <param name="anchors">The names that <c>after NAME</c> may use.</param>
    public static ScreenCondition Read(ProfileSection section, IReadOnlyCollection<string> anchors)
    {
        var conditions = ImmutableArray.CreateBuilder<ScreenCondition>();
        var region = Region(section, anchors);
        Drawing? drawn = section.Has("drawn") ? section.OneOf("drawn", Drawings) : null;
        if (drawn is not null && !section.Has("text") && !section.Has("regex"))
        {
            throw section.Wrong("drawn", "says how text or regex is drawn: give one of them too");
        }

        if (section.Has("text"))
        {
            conditions.Add(AnyOf(section.TextOrTexts("text"), text => new ScreenCondition.Finds(region, section.Compiled("text", InAnyWrapping(text)), text, drawn)));
        }

        if (section.Has("regex"))
        {
            conditions.Add(AnyOf(section.TextOrTexts("regex"), text => new ScreenCondition.Finds(region, section.Compiled("regex", text), text, drawn)));
        }

        conditions.AddRange(Facts.Where(fact => section.Has(fact.Key)).Select(fact => FactIs(section, fact.Key, fact.Value)));
        if (section.Has("blank"))
        {
            var wanted = section.Flag("blank");
            conditions.Add(new ScreenCondition.Fact($"blank = {Lower(wanted)}", view => view.IsBlank == wanted));
        }

        if (section.Has("program"))
        {
            var wanted = Choices(section, "program", Programs);
            conditions.Add(new ScreenCondition.Fact($"program is {string.Join(" or ", section.TextOrTexts("program"))}", view => wanted.Contains(view.Program)));
        }

        if (section.Has("composer"))
        {
            conditions.Add(new ScreenCondition.ComposerIs(Choices(section, "composer", ComposerStates)));
        }

        if (section.Has("all"))
        {
            conditions.Add(new ScreenCondition.All([.. section.Sections("all").Select(part => Read(part, anchors))]));
        }

        if (section.Has("any"))
        {
            conditions.Add(new ScreenCondition.Any([.. section.Sections("any").Select(part => Read(part, anchors))]));
        }

        if (section.Has("not"))
        {
            conditions.Add(new ScreenCondition.Not(Read(section.Section("not"), anchors)));
        }

        section.AllowNoOthers();
        return conditions.Count switch
        {
            0 => throw section.Wrong("when", "says nothing: give text, regex, all, any, not or a fact"),
            1 => conditions[0],
            _ => new ScreenCondition.All(conditions.ToImmutable()),
        };
    }

    private static ScreenRegion Region(ProfileSection section, IReadOnlyCollection<string> anchors)
    {
        if (!section.Has("in"))
        {
            return ScreenRegion.Whole;
        }

        if (!ScreenRegion.TryParse(section.Text("in"), out var region))
        {
            throw section.Wrong("in", $"is \"{section.Text("in")}\": give one of {ScreenRegion.Forms}");
        }

        return region.Kind != RegionKind.After || anchors.Contains(region.Anchor)
            ? region
            : throw section.Wrong("in", $"names the anchor {region.Anchor}, which screen.anchors does not have");
    }

    private static ScreenCondition AnyOf(ImmutableArray<string> texts, Func<string, ScreenCondition> condition)
        => texts.Length == 1 ? condition(texts[0]) : new ScreenCondition.Any([.. texts.Select(condition)]);

    // Programs break their texts where the pane ends.
    private static string InAnyWrapping(string text) => string.Join(@"\s+", text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Regex.Escape));

    private static ScreenCondition.Fact FactIs(ProfileSection section, string name, Func<PaneFacts, bool> fact)
    {
        var wanted = section.Flag(name);
        return new ScreenCondition.Fact($"{name} = {Lower(wanted)}", view => fact(view.Pane) == wanted);
    }

    private static ImmutableHashSet<T> Choices<T>(ProfileSection section, string key, Dictionary<string, T> choices)
        => [.. section.TextOrTexts(key).Select(text => choices.TryGetValue(text, out var choice)
            ? choice
            : throw section.Wrong(key, $"is {text}: give one of {string.Join(", ", choices.Keys)}"))];

    private static string Lower(bool value) => value ? "true" : "false";
}
