using System.Text.RegularExpressions;

namespace Orchestrator.Node.Profiles;

/// <summary>
/// The regular expressions of profiles. They run on what programs print, so none may run for ever: they are matched in time linear to the text wherever that is possible. What needs to look around, or
/// back at a group, is matched with a limit of wall clock, which a machine with too much to do may miss.
/// </summary>
internal static class ProfilePattern
{
    private const RegexOptions Common = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Multiline;
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(250);

    /// <summary>A pattern. Of a group that is repeated only the last capture is known.</summary>
    /// <exception cref="ArgumentException">It is none; says why.</exception>
    public static Regex Of(string pattern)
    {
        try
        {
            return new Regex(pattern, Common | RegexOptions.NonBacktracking, Regex.InfiniteMatchTimeout);
        }
        catch (NotSupportedException)
        {
            return WithCaptures(pattern);
        }
    }

    /// <summary>A pattern whose groups keep every capture.</summary>
    /// <exception cref="ArgumentException">It is none; says why.</exception>
    public static Regex WithCaptures(string pattern) => new(pattern, Common, Limit);
}
