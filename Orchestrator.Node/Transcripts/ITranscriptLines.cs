using Orchestrator.Node.Profiles;

namespace Orchestrator.Node.Transcripts;

/// <summary>What a program writes down of its conversations, line by line.</summary>
internal interface ITranscriptLines
{
    /// <summary>What was written since the last call.</summary>
    /// <param name="followed">The transcript that is looked at each time; the others now and then. Null to look at all.</param>
    IEnumerable<(string File, TranscriptLine Line)> New(string? followed);
}
