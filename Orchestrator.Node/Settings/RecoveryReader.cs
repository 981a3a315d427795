using System.Collections.Immutable;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Recovery;
using Orchestrator.Hocon;

namespace Orchestrator.Node.Settings;

/// <summary>Reads <c>orchestrator.recovery</c>: what is done about crashes, for all roles and for some.</summary>
internal static class RecoveryReader
{
    private const string Section = "orchestrator.recovery";

    private static readonly string[] Keys = ["on-crash", "budget", "window", "first-pause", "last-pause", "cool-down", "ready-within", "dry-run"];

    /// <summary>The policies.</summary>
    /// <exception cref="HoconException">One cannot be used; says which, where, and what to do.</exception>
    public static RecoverySettings Read(HoconObject all)
    {
        var recovery = all.GetObject(Section);
        var roles = recovery.GetObject("roles");
        return new RecoverySettings(
            Read(recovery, recovery, Section),
            roles.Keys.ToImmutableSortedDictionary(static name => name, name => OfRole(roles.GetObject($"\"{name}\""), recovery, $"{Section}.roles.{name}"), StringComparer.Ordinal));
    }

    private static RecoveryPolicy OfRole(HoconObject role, HoconObject defaults, string path)
        => role.Keys.FirstOrDefault(static key => !Keys.Contains(key)) is { } unknown
            ? throw new HoconException(role.KeyOrigin(unknown), $"{path}.{unknown} is unknown in a policy: known are {string.Join(", ", Keys)}")
            : Read(role, defaults, path);

    private static RecoveryPolicy Read(HoconObject section, HoconObject defaults, string path)
    {
        HoconObject From(string key) => section.TryGetValue(key, out var value) && value.Kind != HoconKind.Null ? section : defaults;
        TimeSpan Time(string key) => From(key).GetDuration(key) is { Ticks: > 0 } time ? time : throw new HoconException(From(key).Origin, $"{path}.{key} must be more than 0");

        var ladder = From("on-crash").GetStringList("on-crash");
        return new RecoveryPolicy(
            ladder.Count > 0 ? [.. ladder.Select(word => Strategy(word, path, section))] : throw new HoconException(section.Origin, $"{path}.on-crash names no strategy: use [notify] or [skip] for none"),
            From("budget").GetInt("budget") is >= 1 and <= RecoveryPolicy.MostBudget and var budget ? budget : throw new HoconException(section.Origin, $"{path}.budget must be 1 to {RecoveryPolicy.MostBudget}"),
            Time("window"),
            Time("first-pause"),
            Time("last-pause"),
            Time("cool-down"),
            Time("ready-within"),
            From("dry-run").GetBoolean("dry-run"));
    }

    private static RecoveryStrategy Strategy(string word, string path, HoconObject section)
    {
        foreach (var strategy in Enum.GetValues<RecoveryStrategy>())
        {
            if (strategy.Words() == word)
            {
                return strategy;
            }
        }

        throw new HoconException(section.Origin, $"{path}.on-crash has '{word}': use {string.Join(", ", Enum.GetValues<RecoveryStrategy>().Select(static s => s.Words()))}");
    }
}
