using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Orchestrator.Node.Profiles;

/// <summary>How the conversation of a program is begun, and known again.</summary>
/// <param name="NewArguments">Added to the command of a new conversation, with <c>{session}</c>, its id; empty if the program chooses the id itself.</param>
/// <param name="File">What in the path of a transcript is the id, as the group <c>session</c>; null if it is not in it.</param>
/// <param name="Continues">After a crash in the middle of a turn, the program is asked to go on when it has taken up its conversation again.</param>
/// <param name="Compacted">What the screen shows when the program has shortened what it remembers; null if it does not say.</param>
public sealed record SessionRules(ImmutableArray<string> NewArguments, Regex? File, bool Continues, Regex? Compacted)
{
    /// <summary>The placeholder that these rules may use beside those of every launch.</summary>
    internal static readonly ImmutableArray<string> Placeholders = ["session"];

    /// <summary>The id of the conversation whose transcript lies at <paramref name="path"/>; null if the path does not say.</summary>
    public string? IdIn(string path) => File?.Match(path) is { Success: true } match && match.Groups["session"] is { Success: true } group ? group.Value : null;
}
