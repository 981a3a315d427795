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
        var recovery = new PerRole(all.GetObject(Section), Section, Keys);
        return new RecoverySettings(recovery.Read(Policy), recovery.ReadRoles(Policy));
    }

    private static RecoveryPolicy Policy(PerRole.From from, string path)
    {
        var ladder = from("on-crash").GetStringList("on-crash");
        return new RecoveryPolicy(
            ladder.Count > 0 ? [.. ladder.Select(word => Strategy(word, path, from("on-crash")))] : throw new HoconException(from("on-crash").Origin, $"{path}.on-crash names no strategy: use [notify] or [skip] for none"),
            from("budget").GetInt("budget") is >= 1 and <= RecoveryPolicy.MostBudget and var budget ? budget : throw new HoconException(from("budget").Origin, $"{path}.budget must be 1 to {RecoveryPolicy.MostBudget}"),
            from.Time("window", path),
            from.Time("first-pause", path),
            from.Time("last-pause", path),
            from.Time("cool-down", path),
            from.Time("ready-within", path),
            from("dry-run").GetBoolean("dry-run"));
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
