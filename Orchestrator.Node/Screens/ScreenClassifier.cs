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
        ScreenView view;
        try
        {
            view = new ScreenView(snapshot, rules, programs);
        }
        catch (RegexMatchTimeoutException e)
        {
            return new ScreenReading(rules.Otherwise, null, [], ComposerReading.None, [$"the screen could not be taken apart: {TookLonger(e)}"]) { IsUndecided = true };
        }

        var matches = ImmutableArray.CreateBuilder<RuleMatch>();
        var doubts = ImmutableArray.CreateBuilder<string>();
        int? untried = null;
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
                untried = Math.Max(untried ?? rule.Priority, rule.Priority);
                doubts.Add($"rule {rule.Name} was left out: {TookLonger(e)}");
            }
        }

        matches.Sort(static (one, other) =>
            (other.Rule.Priority, other.Row).CompareTo((one.Rule.Priority, one.Row)) is not 0 and var order
                ? order
                : string.CompareOrdinal(one.Rule.Name, other.Rule.Name));
        var winner = matches.FirstOrDefault();

        // A rule that could not be tried might have won, unless one that holds counts for more.
        if (untried is { } priority && (winner is null || priority >= winner.Rule.Priority))
        {
            return new ScreenReading(rules.Otherwise, null, matches.ToImmutable(), view.Composer, doubts.ToImmutable()) { IsUndecided = true };
        }

        if (winner is null)
        {
            doubts.Add($"no rule holds: taken as {rules.Otherwise.Name()}");
        }

        return new ScreenReading(winner?.Rule.Activity ?? rules.Otherwise, winner, matches.ToImmutable(), view.Composer, doubts.ToImmutable());
    }

    private static string TookLonger(RegexMatchTimeoutException e) => $"its pattern {e.Pattern} took longer than {e.MatchTimeout.TotalMilliseconds:0} ms";
}
