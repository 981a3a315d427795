using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Orchestrator.Node.Screens;

/// <summary>Reads screens by the rules of a profile. A pure function: the same snapshot gives the same reading, on any thread.</summary>
public static class ScreenClassifier
{
    /// <summary>Reads a screen.</summary>
    /// <param name="rules">The rules of the program.</param>
    /// <param name="programs">The names by which the program is known.</param>
    /// <param name="snapshot">The screen.</param>
    public static ScreenReading Read(ScreenRules rules, ProgramNames programs, ScreenSnapshot snapshot)
    {
        var view = new ScreenView(snapshot, rules, programs);
        var matches = ImmutableArray.CreateBuilder<RuleMatch>();
        var doubts = ImmutableArray.CreateBuilder<string>();
        foreach (var rule in rules.Rules)
        {
            try
            {
                if (rule.When.Holds(view) is { Holds: true } result)
                {
                    matches.Add(new RuleMatch(rule, result.Evidence, result.Row, result.Groups));
                }
            }
            catch (RegexMatchTimeoutException e)
            {
                doubts.Add($"rule {rule.Name} was left out: its pattern {e.Pattern} took longer than {e.MatchTimeout.TotalMilliseconds:0} ms");
            }
        }

        matches.Sort(static (one, other) =>
            (other.Rule.Priority, other.Row).CompareTo((one.Rule.Priority, one.Row)) is not 0 and var order
                ? order
                : string.CompareOrdinal(one.Rule.Name, other.Rule.Name));
        if (matches.Count == 0)
        {
            doubts.Add($"no rule holds: taken as {rules.Otherwise.Name()}");
            return new ScreenReading(rules.Otherwise, null, [], view.Composer, doubts.ToImmutable());
        }

        // A rule that could not be tried might have said busy.
        var winner = matches[0];
        return doubts.Count > 0 && winner.Rule.Activity == ScreenActivity.Ready
            ? new ScreenReading(rules.Otherwise, null, matches.ToImmutable(), view.Composer, doubts.ToImmutable())
            : new ScreenReading(winner.Rule.Activity, winner, matches.ToImmutable(), view.Composer, doubts.ToImmutable());
    }
}
