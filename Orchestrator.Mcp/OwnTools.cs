using Orchestrator.Client;

namespace Orchestrator.Mcp;

/// <summary>Tools for what concerns the agent itself.</summary>
internal static class OwnTools
{
    public static async Task<object> AskPersonAsync(ToolCall call)
    {
        // While a question is open, the same one is that question.
        var (text, choices) = (call.Text("question"), call.Texts("choices"));
        var open = await call.Client.ListQuestionsAsync(cancellationToken: call.CancellationToken);
        var question = open.FirstOrDefault(q => q.Text == text.Trim()) ?? await call.Client.AskQuestionAsync(new AskQuestionRequest { Id = call.ShortIds("q")[0], Text = text, Choices = choices }, call.CancellationToken);
        return new { id = question.Id, state = question.State, answer = question.Answer, next = "the answer comes to you as a message: go on with something else, or end your turn" };
    }

    public static async Task<object> CheckInAsync(ToolCall call)
    {
        var ids = call.ShortIds("c");
        foreach (var id in ids)
        {
            try
            {
                if (await call.Client.GetCheckInAsync(id, call.CancellationToken) is var known && call.Now - known.CreatedAt < ToolCall.Window)
                {
                    return Shown(known);
                }
            }
            catch (ApiException e) when (e.Code is "not-found" or "forbidden")
            {
                // It is new, or another's: adding it says which.
            }
        }

        return Shown(await call.Client.AddCheckInAsync(
            new AddCheckInRequest
            {
                Id = ids[0],
                Agent = call.Agent,
                Note = call.Text("note"),
                InSeconds = call.Number("in_minutes") * 60,
                At = call.Time("at"),
                Cron = call.OptionalText("cron"),
                TimeZone = call.OptionalText("time_zone"),
            },
            call.CancellationToken));
    }

    public static async Task<object> HandOverAsync(ToolCall call)
    {
        var left = await call.Client.LeaveNoteAsync(call.Agent, call.Text("text"), call.CancellationToken);
        return new { state = left.State, note = left.Notes is [.., var last] ? last.Number : 0, next = "it is stored; add to it by calling hand_over again with the whole text" };
    }

    private static object Shown(CheckInInfo c) => new { id = c.Id, next = c.NextDue, note = c.Note };
}
