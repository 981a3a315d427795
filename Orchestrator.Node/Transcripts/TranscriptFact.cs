using System.Collections.Immutable;

using Orchestrator.Node.Profiles;
using Orchestrator.Node.Screens;

namespace Orchestrator.Node.Transcripts;

/// <summary>What a line of the transcript says of its program, from then on.</summary>
/// <param name="Name">Its name in the profile.</param>
/// <param name="Line">Which lines.</param>
/// <param name="Activity">What the program does; null if such a line ends what was known.</param>
public sealed record TranscriptFact(string Name, LineRule Line, ScreenActivity? Activity)
{
    internal static ImmutableArray<TranscriptFact> Read(ProfileSection section)
    {
        ImmutableArray<TranscriptFact> facts = [.. section.Keys.Where(section.Has).Select(name => Fact(name, section.Section(name)))];
        section.WarnOfTheRest();
        return facts;
    }

    private static TranscriptFact Fact(string name, ProfileSection section)
    {
        var activity = section.Activity("activity");
        return new TranscriptFact(name, AnswerRulesReader.Line(section), activity);
    }
}
