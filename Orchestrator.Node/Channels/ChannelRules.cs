using System.Collections.Immutable;

using Orchestrator.Node.Profiles;

namespace Orchestrator.Node.Channels;

/// <summary>A file that a program reads beside its screen, from which it submits what is appended to it.</summary>
/// <param name="Arguments">Words put after those of the command; in them <c>{channel}</c> is the file.</param>
/// <param name="Line">The line that submits a text; <c>{text}</c> in it is the text as a JSON string.</param>
/// <param name="MostBytes">A file that has grown longer is not used any more, because the program reads it as a whole.</param>
/// <param name="Output">What the program writes of itself beside its screen: a line that carries a message says that it has taken it. Null if it writes nothing of the kind.</param>
public sealed record ChannelRules(ImmutableArray<string> Arguments, string Line, long MostBytes, TranscriptRules? Output)
{
    /// <summary>Reads the section <c>channel</c> of a profile; null if its program has none.</summary>
    internal static ChannelRules? Read(ProfileSection section)
    {
        var rules = new ChannelRules(section.Filled("arguments"), section.Text("line"), section.Bytes("most-bytes", 1, int.MaxValue), OutputOf(section.Section("output")));
        section.WarnOfTheRest();
        return rules switch
        {
            { Line.Length: 0, Arguments.IsEmpty: true } => null,
            _ when !rules.Line.Contains("{text}", StringComparison.Ordinal) => throw section.Wrong("line", "does not contain {text}, the text of the message as a JSON string"),
            _ when !rules.Arguments.Any(static word => word.Contains("{channel}", StringComparison.Ordinal)) => throw section.Wrong("arguments", "do not contain {channel}, the file that the program is to read"),
            _ => rules,
        };
    }

    private static TranscriptRules? OutputOf(ProfileSection section)
    {
        var output = new TranscriptRules(section.Filled("files"), section.PatternOrNull("line"), section.Flag("carries-seal"));
        section.WarnOfTheRest();
        return output.Files.IsEmpty ? null : output;
    }
}
