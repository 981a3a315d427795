using System.Globalization;
using System.Text;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Conversations;
using Orchestrator.Client;

namespace Orchestrator.Api.Conversations;

/// <summary>Conversations as the API shows them.</summary>
internal static class ConversationMapping
{
    public static ConversationInfo ToInfo(this ConversationView view) => new(
        view.Id,
        view.Kind.Words(),
        view.Title,
        view.State.Words(),
        view.Reason,
        view.Parent,
        view.ParentNumber,
        [.. view.Participants.Select(p => new ParticipantInfo(ConversationAccess.Shown(p.Name), p.JoinedAt, p.ReadThrough, view.Said - p.ReadThrough))],
        view.Said,
        view.StartedAt,
        view.LastAt,
        view.EndedAt,
        [.. view.Summaries.Select(ToInfo)]);

    public static SummaryInfo ToInfo(this SummaryView view) => new(view.Text, view.Through, view.By, view.At);

    public static SaidInfo ToInfo(this SaidMessage said) => new(said.Number, said.Id.Value, ConversationAccess.Shown(said.From), said.Text, said.Priority.Words(), said.At);
}

/// <summary>A conversation as a Markdown document.</summary>
internal static class ConversationMarkdown
{
    public static string Of(ConversationInfo conversation, IEnumerable<SaidInfo> messages)
    {
        var text = new StringBuilder();
        text.Append("# ").Append(conversation.Title.Length == 0 ? $"Conversation {conversation.Id}" : conversation.Title.ReplaceLineEndings(" ")).Append("\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{conversation.Id}, {conversation.Kind}, {conversation.State}; started {Time(conversation.StartedAt)}; with {string.Join(", ", conversation.Participants.Select(static p => p.Name))}.\n");
        foreach (var summary in conversation.Summaries)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## Summary up to #{summary.Through} ({Time(summary.At)})\n\n").Append(summary.Text).Append('\n');
        }

        text.Append("\n## Messages\n");
        foreach (var said in messages)
        {
            // A block of its own for each text, with a fence that it cannot close.
            var fence = new string('`', Math.Max(3, LongestRun(said.Text) + 1));
            text.Append(CultureInfo.InvariantCulture, $"\n**#{said.Number} {said.From}**, {Time(said.At)}{(said.Priority == "medium" ? string.Empty : $", {said.Priority}")}\n\n{fence}text\n").Append(said.Text).Append('\n').Append(fence).Append('\n');
        }

        return text.ToString();
    }

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + "Z";

    private static int LongestRun(string text)
    {
        var (longest, run) = (0, 0);
        foreach (var c in text)
        {
            run = c == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }
}
