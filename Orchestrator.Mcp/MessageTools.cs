using Orchestrator.Client;

namespace Orchestrator.Mcp;

/// <summary>Tools for the team and its messages.</summary>
internal static class MessageTools
{
    private const int MostListed = 50;
    private const int MostText = 4000;
    private const string AgentPrefix = "agent/";

    public static async Task<object> ListTeamAsync(ToolCall call)
    {
        var agents = await call.Client.ListAgentsAsync(cancellationToken: call.CancellationToken);
        return agents.Where(static a => a.State != "terminated").Select(a => new { name = a.Name, role = a.Role, state = a.State, activity = a.Activity, you = a.Name == call.Agent }).ToArray();
    }

    public static async Task<object> SendAsync(ToolCall call)
    {
        var (to, text, priority) = (call.Text("to"), call.Text("text"), call.OptionalText("priority"));
        bool? wants = call.Flag("wants_answer") ? true : null;
        if (!to.Contains(':', StringComparison.Ordinal))
        {
            return await SendAsync(call, new SendRequest { To = Plain(to), Text = text, Priority = priority, WantsAnswer = wants });
        }

        var id = call.OptionalText("id") ?? await KnownAsync(call, id => call.Client.GetDispatchAsync(id, call.CancellationToken)) ?? call.MessageIds()[0];
        var sent = await call.Client.DispatchAsync(new DispatchRequest { Id = id, To = to, Text = text, Priority = priority, WantsAnswer = wants }, call.CancellationToken);
        return new { id = sent.Id, state = sent.State, reason = sent.Reason, recipients = sent.Recipients.Select(static r => new { agent = r.Agent, taken = r.Taken, reason = r.Reason }).ToArray() };
    }

    public static async Task<object> ReplyAsync(ToolCall call)
    {
        var (id, text) = (call.Text("message"), call.Text("text"));
        var message = await call.Client.GetMessageAsync(id, call.CancellationToken);
        return message.From.StartsWith(AgentPrefix, StringComparison.Ordinal)
            ? await SendAsync(call, new SendRequest { To = message.From[AgentPrefix.Length..], Text = text, InReplyTo = id })
            : throw new ToolException($"message {id} is from {message.From}, not from an agent: what you say in the turn that it began is your answer to it, nothing is to be sent. To ask a person something later, use ask_person");
    }

    public static async Task<object> ReadInboxAsync(ToolCall call)
    {
        var limit = (int)Math.Clamp(call.Number("limit") ?? 10, 1, MostListed);
        var messages = await call.Client.ListNewestMessagesAsync(call.Agent, limit, call.CancellationToken);
        return messages.Select(static m => new { id = m.Id, from = Plain(m.From), type = m.Type, state = m.State, at = m.AcceptedAt, text = m.Text.Length <= MostText ? m.Text : m.Text[..MostText] + " …" }).ToArray();
    }

    private static async Task<object> SendAsync(ToolCall call, SendRequest request)
    {
        var id = call.OptionalText("id") ?? await KnownAsync(call, id => call.Client.GetMessageAsync(id, call.CancellationToken)) ?? call.MessageIds()[0];
        var sent = await call.Client.SendMessageAsync(request with { Id = id }, call.CancellationToken);
        return new { id = sent.Id, to = sent.To, state = sent.State, reason = sent.Reason };
    }

    // What was sent at the end of the period before is still the same.
    private static async Task<string?> KnownAsync<T>(ToolCall call, Func<string, Task<T>> get)
        where T : class
    {
        var before = call.MessageIds()[1];
        try
        {
            var at = await get(before) switch
            {
                MessageInfo message => message.AcceptedAt,
                DispatchInfo dispatch => dispatch.At,
                var other => throw new InvalidOperationException($"{other.GetType().Name} is no message"),
            };
            return call.Now - at < ToolCall.Window ? before : null;
        }
        catch (ApiException e) when (e.Code is "not-found" or "forbidden")
        {
            return null;
        }
    }

    private static string Plain(string name) => name.StartsWith(AgentPrefix, StringComparison.Ordinal) ? name[AgentPrefix.Length..] : name;
}
