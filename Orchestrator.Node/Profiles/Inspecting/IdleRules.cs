using System.Collections.Immutable;
using Orchestrator.Node.Screens;

namespace Orchestrator.Node.Profiles.Inspecting;

/// <summary>Finds rules that can never decide. What it cannot prove it leaves alone.</summary>
internal static class IdleRules
{
    /// <summary>Each rule that can never decide, and why.</summary>
    public static IEnumerable<(string Rule, string Problem)> Of(ImmutableArray<ScreenRule> rules)
    {
        foreach (var rule in rules)
        {
            if (Contradiction(rule.When) is { } why)
            {
                yield return (rule.Name, $"the rule {rule.Name} never holds: {why}");
            }
            else if (rules.FirstOrDefault(other => other.Priority > rule.Priority && Implies(rule.When, other.When)) is { } above)
            {
                yield return (rule.Name, $"the rule {rule.Name} never decides: whenever it holds, {above.Name} holds too and has the higher priority ({above.Priority} against {rule.Priority})");
            }
        }
    }

    private static string? Contradiction(ScreenCondition condition)
    {
        var parts = Parts(condition).ToList();
        var states = parts.OfType<ScreenCondition.ComposerIs>().ToList();
        if (states.Count > 0 && states.Skip(1).Aggregate(states[0].States.AsEnumerable(), static (left, state) => left.Intersect(state.States)).None())
        {
            return "the input cannot be in two states at once";
        }

        return states.Exists(static state => state.States.SetEquals([ComposerState.Absent]))
            && parts.OfType<ScreenCondition.Finds>().FirstOrDefault(static finds => finds.Region.Kind is RegionKind.PromptBox or RegionKind.BelowPrompt) is { } lost
            ? $"without an input there is no {lost.Region}"
            : null;
    }

    /// <summary>Whether the second surely holds wherever the first does.</summary>
    private static bool Implies(ScreenCondition one, ScreenCondition other) => other switch
    {
        ScreenCondition.All all => all.Conditions.All(part => Implies(one, part)),
        ScreenCondition.Any any when any.Conditions.Any(part => Implies(one, part)) => true,
        _ => Parts(one).Any(part => Same(part, other)
            || (part is ScreenCondition.Any choices && choices.Conditions.All(choice => Implies(choice, other)))),
    };

    private static bool Same(ScreenCondition one, ScreenCondition other) => (one, other) switch
    {
        (ScreenCondition.Finds a, ScreenCondition.Finds b)
            => a.Region == b.Region && a.Pattern.ToString() == b.Pattern.ToString() && (a.Drawn == b.Drawn || b.Drawn is null),
        (ScreenCondition.ComposerIs a, ScreenCondition.ComposerIs b) => a.States.IsSubsetOf(b.States),
        (ScreenCondition.Fact a, ScreenCondition.Fact b) => a.Name == b.Name,
        (ScreenCondition.Not a, ScreenCondition.Not b) => Implies(b.Condition, a.Condition),
        (ScreenCondition.Any a, ScreenCondition.Any b) => a.Conditions.All(part => Implies(part, b)),
        _ => false,
    };

    private static IEnumerable<ScreenCondition> Parts(ScreenCondition condition)
        => condition is ScreenCondition.All all ? all.Conditions.SelectMany(Parts) : [condition];

    private static bool None<T>(this IEnumerable<T> items) => !items.Any();
}
