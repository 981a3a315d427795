using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Orchestrator.Node.Screens;

/// <summary>How a stretch of text is drawn.</summary>
public enum Drawing
{
    /// <summary>As the terminal draws by default, all of it.</summary>
    Plain,

    /// <summary>In a colour or faint, all of it.</summary>
    Aside,
}

/// <summary>Something that is true of a screen or not.</summary>
public abstract record ScreenCondition
{
    internal abstract ConditionResult Holds(ScreenView view);

    /// <summary>A pattern is found in a region; <c>^</c> and <c>$</c> stand for the ends of a row, the last occurrence counts.</summary>
    /// <param name="Region">Where to look.</param>
    /// <param name="Pattern">What to find; its named groups are kept in the reading.</param>
    /// <param name="Source">The pattern or text as it was written.</param>
    /// <param name="Drawn">How what is found must be drawn; null for any way.</param>
    public sealed record Finds(ScreenRegion Region, Regex Pattern, string Source, Drawing? Drawn = null) : ScreenCondition
    {
        internal override ConditionResult Holds(ScreenView view)
        {
            var region = view.Region(Region);
            Match? last = null;
            for (var match = Pattern.Match(region.Text); match.Success; match = match.NextMatch())
            {
                last = Drawn is null || view.DrawingOf(region, match.Index, match.Length) == Drawn ? match : last;
            }

            if (last is null)
            {
                return ConditionResult.No;
            }

            var groups = last.Groups.Values.Where(group => group.Success && !char.IsAsciiDigit(group.Name[0]))
                .ToImmutableDictionary(group => group.Name, group => group.Value, StringComparer.Ordinal);
            return new ConditionResult(true, $"{Region}: \"{Shortened(last.Value)}\"{region.Described(last.Index)}{Described(Drawn)}", region.RowOf(last.Index), groups);
        }

        private static string Described(Drawing? drawn) => drawn switch
        {
            null => "",
            Drawing.Plain => ", drawn plainly",
            Drawing.Aside => ", drawn in a colour or faint",
            _ => throw new InvalidOperationException($"no words for {drawn}"),
        };

        private static string Shortened(string text)
        {
            var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            return line.Length <= 120 ? line : line[..119] + "…";
        }
    }

    /// <summary>A fact of the pane or of the screen as a whole.</summary>
    /// <param name="Name">The fact and its wanted value as written, such as <c>cursor-shown = true</c>.</param>
    /// <param name="Test">Whether it is so.</param>
    internal sealed record Fact(string Name, Func<ScreenView, bool> Test) : ScreenCondition
    {
        internal override ConditionResult Holds(ScreenView view)
            => Test(view) ? new ConditionResult(true, Name, -1, ConditionResult.NoGroups) : ConditionResult.No;
    }

    /// <summary>The input is in one of some states.</summary>
    /// <param name="States">At least one.</param>
    public sealed record ComposerIs(ImmutableHashSet<ComposerState> States) : ScreenCondition
    {
        internal override ConditionResult Holds(ScreenView view) => States.Contains(view.Composer.State)
            ? new ConditionResult(true, $"composer is {view.Composer.State.ToString().ToLowerInvariant()}", -1, ConditionResult.NoGroups)
            : ConditionResult.No;
    }

    /// <summary>All of several conditions.</summary>
    /// <param name="Conditions">At least one.</param>
    public sealed record All(ImmutableArray<ScreenCondition> Conditions) : ScreenCondition
    {
        internal override ConditionResult Holds(ScreenView view)
        {
            var together = ConditionResult.Yes;
            foreach (var condition in Conditions)
            {
                var result = condition.Holds(view);
                if (!result.Holds)
                {
                    return ConditionResult.No;
                }

                together = together.And(result);
            }

            return together;
        }
    }

    /// <summary>The first of several conditions that holds.</summary>
    /// <param name="Conditions">At least one.</param>
    public sealed record Any(ImmutableArray<ScreenCondition> Conditions) : ScreenCondition
    {
        internal override ConditionResult Holds(ScreenView view)
            => Conditions.Select(condition => condition.Holds(view)).FirstOrDefault(result => result.Holds, ConditionResult.No);
    }

    /// <summary>A condition that must not hold.</summary>
    /// <param name="Condition">The condition.</param>
    public sealed record Not(ScreenCondition Condition) : ScreenCondition
    {
        internal override ConditionResult Holds(ScreenView view) => Condition.Holds(view).Holds ? ConditionResult.No : ConditionResult.Yes;
    }
}

/// <summary>Whether a condition holds, by what evidence, and where on the screen (its lowest row, -1 for nowhere).</summary>
internal sealed record ConditionResult(bool Holds, string Evidence, int Row, ImmutableDictionary<string, string> Groups)
{
    public static ImmutableDictionary<string, string> NoGroups { get; } = ImmutableDictionary<string, string>.Empty;

    public static ConditionResult No { get; } = new(false, "", -1, NoGroups);

    public static ConditionResult Yes { get; } = new(true, "", -1, NoGroups);

    public ConditionResult And(ConditionResult other) => new(
        true,
        Evidence.Length == 0 ? other.Evidence : other.Evidence.Length == 0 ? Evidence : $"{Evidence}; {other.Evidence}",
        Math.Max(Row, other.Row),
        Groups.SetItems(other.Groups));
}
