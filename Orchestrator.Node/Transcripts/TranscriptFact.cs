using System.Collections.Immutable;

using Orchestrator.Node.Profiles;
using Orchestrator.Node.Screens;

namespace Orchestrator.Node.Transcripts;

/// <summary>What a line of the transcript says of its program, from then on.</summary>
/// <param name="Name">Its name in the profile.</param>
/// <param name="Line">Which lines.</param>
/// <param name="Activity">What the program does; null if such a line ends what was known.</param>
/// <param name="UntilSeen">Whether it only goes before the screen: once that has said the same, the screen alone counts again.</param>
public sealed record TranscriptFact(string Name, LineRule Line, ScreenActivity? Activity, bool UntilSeen)
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
        var untilSeen = section.Has("until-seen") && section.Flag("until-seen");
        return new TranscriptFact(name, AnswerRulesReader.Line(section), activity, untilSeen);
    }
}
