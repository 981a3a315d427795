using Orchestrator.Node.Profiles;

namespace Orchestrator.Node.Transcripts;

/// <summary>Which of the transcripts on this machine is that of an agent's conversation: many programs put those of all conversations, of whomever, into one place.</summary>
/// <param name="Profile">How the program is driven.</param>
/// <param name="Launch">What it was started with.</param>
/// <param name="Session">The program's own id of the conversation, if it is known.</param>
/// <param name="Proved">The transcript that has carried a message of the agent, if one has.</param>
internal sealed record OwnTranscript(AgentProfile Profile, LaunchContext Launch, string? Session, string? Proved)
{
    // What a pattern finds below these is of one agent, or at least of its folder.
    private static readonly string[] OfOneAgent = ["{state}", "{folder}", "{agent}", "{channel}"];

    /// <summary>The end of it, at most <paramref name="most"/> bytes; null if there is none, or nobody can tell which it is.</summary>
    public TranscriptEnd? Read(long most) => Profile.Transcript switch
    {
        null => null,
        { Database: { } database } => Read(database, most),
        { } rules => FileOf(rules) is { } file ? TranscriptEnd.OfFile(file, most) : null,
    };

    private TranscriptEnd? Read(TranscriptDatabase database, long most)
    {
        if ((Session is { } session ? DatabaseLines.ConversationOf(database, Launch, session) : Proved) is not { } conversation)
        {
            return null;
        }

        var end = TranscriptEnd.OfLines(conversation, DatabaseLines.OfConversation(database, Launch, conversation), most);
        return end is { LeftOut: 0, Lines.IsEmpty: true } ? null : end;
    }

    private string? FileOf(TranscriptRules rules)
    {
        if (Session is not null && Newest(rules, file => Profile.Session.IdIn(file) == Session) is { } known)
        {
            return known;
        }

        return Proved is not null && File.Exists(Proved) ? Proved : Newest(rules with { Files = [.. rules.Files.Where(static pattern => OfOneAgent.Any(place => pattern.Contains(place, StringComparison.Ordinal)))] }, static _ => true);
    }

    private string? Newest(TranscriptRules rules, Func<string, bool> wanted) => new TranscriptFiles(rules, Launch).List().Find(file => wanted(file.FullName))?.FullName;
}
