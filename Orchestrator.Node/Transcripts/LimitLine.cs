using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

using Orchestrator.Node.Profiles;
using Orchestrator.Node.Workers.Panes;

namespace Orchestrator.Node.Transcripts;

/// <summary>What a line of the transcript says of a limit of the account: how much of it is used, or, where it has no place for that, that it is reached.</summary>
/// <param name="Name">The limit, as the profile names it.</param>
/// <param name="Line">Which lines, and where they say in words when it begins anew.</param>
/// <param name="Used">Where a number says how much is used, in percent; empty for lines that say that it is reached.</param>
/// <param name="Resets">Where it stands when it begins anew, in seconds since 1970 or as a date: the earliest that is to come counts.</param>
/// <param name="Says">That time in the words, by the named groups of screen rules; null for no words.</param>
public sealed record LimitLine(string Name, LineRule Line, ImmutableArray<JsonPath> Used, ImmutableArray<JsonPath> Resets, Regex? Says)
{
    internal static ImmutableArray<LimitLine> Read(ProfileSection section)
    {
        ImmutableArray<LimitLine> limits = [.. section.Keys.Where(section.Has).Select(name => Limit(name, section.Section(name)))];
        section.WarnOfTheRest();
        return limits;
    }

    /// <summary>How much is used in percent, 100 where the line says that it is reached, and when it begins anew; null if the line says nothing of it.</summary>
    internal (double Percent, DateTimeOffset? Resets)? Of(JsonElement line, TimeProvider time)
    {
        if (!Line.Means(line))
        {
            return null;
        }

        var percent = Used.IsEmpty ? 100 : Used.SelectMany(path => path.Find(line)).Where(static value => value.ValueKind == JsonValueKind.Number).Select(static value => (double?)value.GetDouble()).FirstOrDefault();
        return percent is { } used ? (used, ResetIn(line, time)) : null;
    }

    private DateTimeOffset? ResetIn(JsonElement line, TimeProvider time)
    {
        var now = time.GetUtcNow();
        var told = Resets.SelectMany(path => path.Find(line)).Select(TimeOf).Where(at => at > now).Order().FirstOrDefault();
        return told ?? (Says is not null && Line.Text.Select(path => path.Text(line)).FirstOrDefault(static text => text is not null) is { } words && Says.Match(words) is { Success: true } match
            ? LimitReset.Of(match.Groups.Cast<Group>().Where(static group => group.Success).ToDictionary(static group => group.Name, static group => group.Value, StringComparer.Ordinal), time)
            : null);
    }

    private static DateTimeOffset? TimeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetInt64(out var seconds) && seconds is > 0 and < 100_000_000_000 => DateTimeOffset.FromUnixTimeSeconds(seconds),
        JsonValueKind.String when DateTimeOffset.TryParse(value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) => at,
        _ => null,
    };

    private static LimitLine Limit(string name, ProfileSection section)
    {
        var used = section.Has("used") ? AnswerRulesReader.Paths(section, "used") : [];
        var resets = section.Has("resets") ? AnswerRulesReader.Paths(section, "resets") : [];
        var says = section.Has("says") ? section.Pattern("says") : null;
        return new LimitLine(name, AnswerRulesReader.Line(section), used, resets, says);
    }
}
