using System.Text;

namespace Orchestrator.Actors.Agents;

/// <summary>What an agent is told whose program has lost the thread.</summary>
internal static class AgentBrief
{
    private const int Most = 12_000;

    /// <summary>Who it is, what is known of its work, and what it was at.</summary>
    public static string Of(Agent agent, string? prompt, string why, ProfileTraits traits)
    {
        var text = new StringBuilder(why).Append('\n');
        text.Append($"\nYou are the agent {agent.Name}, role {agent.Role}.");
        if (prompt is not null)
        {
            text.Append(' ').Append(prompt);
        }

        text.Append($"\nYou work in {agent.Worktree?.Path ?? agent.Folder}{(agent.Worktree is { } tree ? $", on the branch {tree.Branch}" : string.Empty)}.");
        if (agent.ReportsTo is { } lead)
        {
            text.Append($" You report to {lead}.");
        }

        if (!agent.Metadata.IsEmpty)
        {
            text.Append("\n\nWhat is noted about your work:");
            foreach (var (key, value) in agent.Metadata)
            {
                text.Append($"\n- {key}: {value}");
            }
        }

        if (agent.Session.Given is { } given)
        {
            text.Append(agent.Session.TurnOpen
                ? $"\n\nThe last message that you were given (id {given.Id}, from {given.From}); you may not have done with it:\n{given.Text}"
                : $"\n\nThe last message that you were given (id {given.Id}, from {given.From}) is done with:\n{given.Text}");
        }

        if (agent.Queue.Length > 0)
        {
            text.Append($"\n\n{agent.Queue.Length} messages wait for you, and come after this one.");
        }

        if (agent.Session.LastWords is { Length: > 0 } words)
        {
            text.Append("\n\nWhat stood last on the screen of your program:\n").Append(words);
        }

        return Cut(text.ToString(), Math.Min(Most, Math.Min(traits.MaxMessageBytes, traits.Limits?.MessageBytes ?? int.MaxValue)));
    }

    /// <summary>To one whose conversation goes on, but whose turn was cut off.</summary>
    public static string GoOn(GivenMessage given)
        => $"Your program ended before you had done with message {given.Id} from {given.From}, and was started again in the same conversation. See how far you had come, and go on with it; what is done need not be done again.";

    private static string Cut(string text, int bytes)
    {
        while (Encoding.UTF8.GetByteCount(text) > bytes)
        {
            var excess = Encoding.UTF8.GetByteCount(text) - bytes;
            text = text[..Math.Max(0, text.Length - Math.Max(1, excess / 4))];
        }

        return text.Length > 0 && char.IsHighSurrogate(text[^1]) ? text[..^1] : text;
    }
}
