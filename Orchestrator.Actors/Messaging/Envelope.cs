using System.Security.Cryptography;

namespace Orchestrator.Actors.Messaging;

/// <summary>
/// The lines around a text as it is typed: so that it never begins with a character that a program takes for a command, never ends in a backslash or a word that opens a
/// menu, and so that its reader knows who sent it. The last line carries a seal that the sender cannot know, so no text can pretend to end early.
/// </summary>
public static class Envelope
{
    private const string Alphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
    private const int SealLength = 6;

    /// <summary>A new seal.</summary>
    public static string NewSeal() => RandomNumberGenerator.GetString(Alphabet, SealLength);

    /// <summary>The text within its envelope.</summary>
    public static string Wrap(MessageId id, string from, string seal, string text)
        => $"[message {id} from {from}] ends with [end {seal}]\n{text}\n[end {seal}]";
}
