using System.Collections.Immutable;

using Orchestrator.Actors.Gaps;
using Orchestrator.Hocon;

namespace Orchestrator.Node.Settings;

/// <summary>Reads <c>orchestrator.gaps</c>: after how long something is a gap, for all roles and for some.</summary>
internal static class GapsSettings
{
    private const string Section = "orchestrator.gaps";

    private static readonly string[] Keys = ["missing", "timing", "long-running", "silent-agent", "unread-message", "dialog-unanswered", "checkin-missed", "no-progress"];

    /// <summary>The thresholds.</summary>
    /// <exception cref="HoconException">One cannot be used; says which, where, and what to do.</exception>
    public static GapSettings Read(HoconObject all)
    {
        var gaps = all.GetObject(Section);
        var roles = gaps.GetObject("roles");
        return new GapSettings(
            Read(gaps, gaps, Section),
            roles.Keys.ToImmutableSortedDictionary(static name => name, name => OfRole(roles.GetObject($"\"{name}\""), gaps, $"{Section}.roles.{name}"), StringComparer.Ordinal));
    }

    private static GapThresholds OfRole(HoconObject role, HoconObject defaults, string path)
        => role.Keys.FirstOrDefault(static key => !Keys.Contains(key)) is { } unknown
            ? throw new HoconException(role.KeyOrigin(unknown), $"{path}.{unknown} is no threshold: known are {string.Join(", ", Keys)}")
            : Read(role, defaults, path);

    private static GapThresholds Read(HoconObject section, HoconObject defaults, string path)
    {
        TimeSpan Of(string key)
        {
            var from = section.TryGetValue(key, out var value) && value.Kind != HoconKind.Null ? section : defaults;
            return from.GetDuration(key) is { Ticks: > 0 } threshold ? threshold : throw new HoconException(from.Origin, $"{path}.{key} must be more than 0");
        }

        return new GapThresholds(
            Of("missing"), Of("timing"), Of("long-running"), Of("silent-agent"), Of("unread-message"), Of("dialog-unanswered"), Of("checkin-missed"), Of("no-progress"));
    }
}
