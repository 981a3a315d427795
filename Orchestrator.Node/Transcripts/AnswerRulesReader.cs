using System.Collections.Immutable;

using Orchestrator.Node.Profiles;

namespace Orchestrator.Node.Transcripts;

/// <summary>Reads the section <c>answers</c> of a profile.</summary>
internal static class AnswerRulesReader
{
    /// <summary>The rules; null if the profile says nothing of what its program answers.</summary>
    public static AnswerRules? Read(ProfileSection section)
    {
        var tokens = section.Section("tokens");
        var user = section.Section("user");
        var rules = new AnswerRules
        {
            UserId = user.Has("id") ? Paths(user, "id") : [],
            User = Line(user),
            Said = Line(section.Section("said")),
            Step = Line(section.Section("step")),
            End = Line(section.Section("end")),
            Compacted = Line(section.Section("compacted")),
            TokensIn = Paths(tokens, "in"),
            TokensOf = tokens.Has("of") ? Paths(tokens, "of") : [],
            TokensOut = Paths(tokens, "out"),
            Session = Paths(section, "session"),
        };
        tokens.WarnOfTheRest();
        section.WarnOfTheRest();
        return rules.User.Where.IsEmpty || rules.Said.Where.IsEmpty ? null : rules;
    }

    /// <summary>Which lines are meant, by <c>where</c>, and where their text stands.</summary>
    internal static LineRule Line(ProfileSection section)
    {
        var where = section.Has("where") ? section.Section("where") : null;
        var rule = new LineRule(
            where is null ? [] : [.. where.Keys.Where(where.Has).Select(key => new LineTest(Path(where, key, key.TrimStart('!')), where.Pattern(key), key.StartsWith('!')))],
            section.Has("text") ? Paths(section, "text") : []);
        section.WarnOfTheRest();
        return rule;
    }

    /// <summary>Places in a line: a text, or a list of them.</summary>
    internal static ImmutableArray<JsonPath> Paths(ProfileSection section, string key) => [.. section.TextOrTexts(key).Select(text => Path(section, key, text))];

    private static JsonPath Path(ProfileSection section, string key, string text)
        => JsonPath.TryParse(text, out var path) ? path : throw section.Wrong(key, $"has \"{text}\", which is no place in a JSON object: give names with dots between them, and [] behind a list, such as message.parts[].text");
}
