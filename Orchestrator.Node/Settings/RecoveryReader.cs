using System.Collections.Immutable;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Recovery;
using Orchestrator.Hocon;

namespace Orchestrator.Node.Settings;

/// <summary>Reads <c>orchestrator.recovery</c>: what is done when something is wrong with an agent, for all roles and for some.</summary>
internal static class RecoveryReader
{
    private const string Section = "orchestrator.recovery";

    private static readonly ImmutableSortedDictionary<TroubleKind, string> LadderKeys = Enum.GetValues<TroubleKind>().ToImmutableSortedDictionary(static k => k, static k => k.Words().Replace('_', '-'));

    private static readonly string[] Keys = [.. LadderKeys.Values, "budget", "window", "first-pause", "last-pause", "cool-down", "ready-within", "handover", "dry-run"];

    /// <summary>The policies.</summary>
    /// <exception cref="HoconException">One cannot be used; says which, where, and what to do.</exception>
    public static RecoverySettings Read(HoconObject all)
    {
        var section = all.GetObject(Section);
        var recovery = new PerRole(section, Section, Keys);
        var fallbacks = Fallbacks(section.GetObject("fallbacks"));
        var names = new Names(fallbacks, [.. section.GetObject("customs").Keys]);
        RecoveryPolicy Read(PerRole.From from, string path) => Policy(from, path, names);
        return new RecoverySettings(recovery.Read(Read), recovery.ReadRoles(Read)) { IdleTeams = IdleTeams(section.GetObject("idle-teams")), Fallbacks = fallbacks };
    }

    private static RecoveryPolicy Policy(PerRole.From from, string path, Names names) => new(
        LadderKeys.ToImmutableSortedDictionary(static k => k.Key, k => Ladder(k.Key, from(k.Value), k.Value, path, names)),
        from("budget").GetInt("budget") is >= 1 and <= RecoveryPolicy.MostBudget and var budget ? budget : throw new HoconException(from("budget").Origin, $"{path}.budget must be 1 to {RecoveryPolicy.MostBudget}"),
        from.Time("window", path),
        from.Time("first-pause", path),
        from.Time("last-pause", path),
        from.Time("cool-down", path),
        from.Time("ready-within", path),
        from("dry-run").GetBoolean("dry-run"))
    {
        HandOver = from("handover").GetDuration("handover") is { Ticks: >= 0 } and { TotalHours: <= 1 } handOver ? handOver : throw new HoconException(from("handover").Origin, $"{path}.handover must be 0 s (nobody is asked) to 1 h"),
    };

    private static ImmutableArray<RecoveryStep> Ladder(TroubleKind kind, HoconObject section, string key, string path, Names names)
    {
        var words = section.GetStringList(key);
        HoconException Wrong(string what) => new(section.Origin, $"{path}.{key} {what}");
        return words.Count > 0 ? [.. words.Select(word => Step(kind, word, names, Wrong))] : throw Wrong("names no step: use [notify] or [skip] for none");
    }

    private static RecoveryStep Step(TroubleKind kind, string word, Names names, Func<string, HoconException> wrong)
    {
        var colon = word.IndexOf(':', StringComparison.Ordinal);
        var (name, argument) = colon < 0 ? (word, null) : (word[..colon], word[(colon + 1)..]);
        var known = Enum.GetValues<RecoveryStrategy>().Where(s => s.Words() == name).ToList();
        if (known is not [var strategy])
        {
            throw wrong($"has '{word}': use {string.Join(", ", Enum.GetValues<RecoveryStrategy>().Select(static s => s.Words()))}");
        }

        var step = new RecoveryStep(strategy, argument);
        return step switch
        {
            { Strategy: RecoveryStrategy.Custom } when argument is null || !names.Customs.Contains(argument) => throw wrong($"has '{word}': use custom:NAME with one of {Section}.customs ({Listed(names.Customs)})"),
            { Strategy: RecoveryStrategy.Fallback } when argument is not null && !names.Fallbacks.ContainsKey(argument) => throw wrong($"has '{word}': {Section}.fallbacks has {Listed(names.Fallbacks.Keys)}"),
            { Strategy: not (RecoveryStrategy.Custom or RecoveryStrategy.Fallback) } when argument is not null => throw wrong($"has '{word}': {name} takes no name"),
            { Restarts: true } when kind is TroubleKind.RateLimited => throw wrong($"has '{word}': nothing is restarted for a limit; use wait, reassign, custom:NAME or notify"),
            { Restarts: true } when kind is TroubleKind.NodeLost => throw wrong($"has '{word}': the program may still run on the lost node; use reassign, custom:NAME, notify or skip"),
            { Strategy: RecoveryStrategy.Wait } when kind is not TroubleKind.RateLimited => throw wrong($"has '{word}': only the end of a limit is waited for"),
            { Reassigns: true } when kind is not (TroubleKind.Crashed or TroubleKind.Hung or TroubleKind.AuthRequired or TroubleKind.NodeLost or TroubleKind.RateLimited or TroubleKind.TurnFailed or TroubleKind.FailedExecution or TroubleKind.LongRunning or TroubleKind.NoProgress)
                => throw wrong($"has '{word}': there is no task that could be given to somebody else"),
            _ => step,
        };
    }

    private static ImmutableSortedDictionary<string, RecoveryFallback> Fallbacks(HoconObject section)
    {
        var found = ImmutableSortedDictionary.CreateBuilder<string, RecoveryFallback>(StringComparer.Ordinal);
        foreach (var name in section.Keys)
        {
            var one = section.GetObject($"\"{name}\"");
            string? Of(string key) => one.TryGetValue(key, out var value) && value.Kind != HoconKind.Null && one.GetString(key) is { Length: > 0 } text ? text : null;
            if (one.Keys.FirstOrDefault(static key => key is not ("profile" or "model")) is { } unknown)
            {
                throw new HoconException(one.KeyOrigin(unknown), $"{Section}.fallbacks.{name}.{unknown} is unknown: known are profile, model");
            }

            var (profile, model) = (Of("profile"), Of("model"));
            found[name] = profile is null && model is null ? throw new HoconException(section.KeyOrigin(name), $"{Section}.fallbacks.{name} names neither a profile nor a model") : new RecoveryFallback(profile, model);
        }

        return found.ToImmutable();
    }

    private static IdleTeamPolicy IdleTeams(HoconObject section)
    {
        TimeSpan Of(string key) => section.GetDuration(key) is { Ticks: >= 0 } time ? time : throw new HoconException(section.Origin, $"{Section}.idle-teams.{key} must be 0 s (never) or more");
        return new IdleTeamPolicy(Of("remind-after"), Of("critical-after"), Of("restart-lead-after"), Of("cool-down"));
    }

    private static string Listed(IEnumerable<string> names) => string.Join(", ", names) is { Length: > 0 } text ? text : "none";

    private sealed record Names(ImmutableSortedDictionary<string, RecoveryFallback> Fallbacks, ImmutableArray<string> Customs);
}
