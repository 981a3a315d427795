using System.Globalization;
using System.Text.RegularExpressions;

namespace Orchestrator.Tmux;

/// <summary>A version of tmux, such as 3.3a.</summary>
/// <param name="Major">The number before the point.</param>
/// <param name="Minor">The number after it.</param>
/// <param name="Suffix">A letter, or nothing.</param>
public sealed partial record TmuxVersion(int Major, int Minor, string Suffix)
{
    /// <summary>The oldest that has everything the driver uses.</summary>
    public static TmuxVersion Oldest { get; } = new(3, 2, "");

    /// <summary>The newest that is known to work the way the driver expects.</summary>
    public static TmuxVersion Newest { get; } = new(3, 5, "z");

    /// <summary>The one on which everything was measured.</summary>
    public static TmuxVersion Measured { get; } = new(3, 3, "a");

    /// <summary>Reads what <c>tmux -V</c> prints (<c>tmux 3.3a</c>, <c>tmux next-3.6</c>).</summary>
    public static bool TryParse(string text, out TmuxVersion? version)
    {
        var match = Form().Match(text);
        version = match.Success
            ? new TmuxVersion(Number(match.Groups["major"]), Number(match.Groups["minor"]), match.Groups["suffix"].Value)
            : null;
        return version is not null;
    }

    /// <summary>Whether this one came before the other.</summary>
    public bool IsBefore(TmuxVersion other)
        => Major != other.Major ? Major < other.Major
            : Minor != other.Minor ? Minor < other.Minor
            : string.CompareOrdinal(Suffix, other.Suffix) < 0;

    /// <summary>As tmux writes it.</summary>
    public override string ToString() => $"{Major}.{Minor}{Suffix}";

    private static int Number(Group group) => int.Parse(group.Value, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\A(?:tmux )?(?:next-)?(?<major>[0-9]{1,3})\.(?<minor>[0-9]{1,3})(?<suffix>[a-z]?)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Form();
}
