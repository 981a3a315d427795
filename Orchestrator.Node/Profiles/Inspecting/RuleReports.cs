using Orchestrator.Client;
using Orchestrator.Node.Screens;

namespace Orchestrator.Node.Profiles.Inspecting;

/// <summary>What became of each rule of a profile on one screen.</summary>
internal static class RuleReports
{
    /// <summary>Every rule, the highest priority first.</summary>
    public static IEnumerable<RuleInfo> Of(IEnumerable<ScreenRule> rules, ScreenReading reading)
        => rules.OrderByDescending(static rule => rule.Priority).Select(rule => Of(rule, reading));

    private static RuleInfo Of(ScreenRule rule, ScreenReading reading)
    {
        var match = reading.Matches.FirstOrDefault(match => match.Rule.Name == rule.Name);
        return new RuleInfo(rule.Name, rule.Activity.Name(), rule.Priority, match is not null, reading.Winner?.Rule.Name == rule.Name, match is { Row: >= 0 } ? $"row {match.Row}" : null, match?.Evidence);
    }
}
