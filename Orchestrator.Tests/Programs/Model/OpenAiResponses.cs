using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Orchestrator.Tests.Programs.Model;

/// <summary>OpenAI's responses.</summary>
internal sealed class OpenAiResponses : ModelDialect
{
    public override ModelRequest Read(JsonElement body, string path)
    {
        var items = body.GetProperty("input").EnumerateArray().ToList();
        return new ModelRequest(
            body.GetProperty("model").GetString() ?? "",
            JsonParts.Flag(body, "stream"),
            JsonParts.Text(body, "instructions"),
            [.. JsonParts.Items(body, "tools").SelectMany(Names)],
            [.. items.Where(static item => JsonParts.Text(item, "role") == "user").Select(static item => JsonParts.Texts(item, "content"))],
            JsonParts.Text(items[^1], "type") is "function_call_output" or "custom_tool_call_output" ? string.Concat(JsonParts.Texts(items[^1], "output")) : null,
            items.Count);
    }

    // The tools of a server come as one, a namespace: each is named NAMESPACE/NAME here.
    private static IEnumerable<string> Names(JsonElement tool)
        => JsonParts.Text(tool, "type") == "namespace" ? JsonParts.Items(tool, "tools").Select(inner => $"{JsonParts.Text(tool, "name")}/{JsonParts.Text(inner, "name")}") : [JsonParts.Text(tool, "name")];

    public override ModelResponse Respond(HttpResponse response, ModelRequest request, CancellationToken ending)
        => new Response(response, request, ending);

    private sealed class Response(HttpResponse response, ModelRequest request, CancellationToken ending) : ModelResponse(response, request, ending)
    {
        private readonly StringBuilder _text = new();

        protected override object Whole(string text, ToolCall? call)
            => Completed(call is null ? [Message(text)] : [Message(text), Called(call)]);

        protected override object Failure(int status, string message) => new { error = new { message, type = "scripted", code = status } };

        protected override async Task Piece(string text)
        {
            if (_text.Length == 0)
            {
                await Event("response.created", new { type = "response.created", response = new { id = "resp_scripted", @object = "response", status = "in_progress", output = (object[])[] } });
                await Event("response.output_item.added", new { type = "response.output_item.added", output_index = 0, item = new { type = "message", id = "msg_scripted", role = "assistant", status = "in_progress", content = (object[])[] } });
                await Event("response.content_part.added", new { type = "response.content_part.added", item_id = "msg_scripted", output_index = 0, content_index = 0, part = new { type = "output_text", text = "" } });
            }

            _text.Append(text);
            await Event("response.output_text.delta", new { type = "response.output_text.delta", item_id = "msg_scripted", output_index = 0, content_index = 0, delta = text });
        }

        protected override async Task Finish(ToolCall? call)
        {
            List<object> output = [Message(_text.ToString())];
            await Event("response.output_text.done", new { type = "response.output_text.done", item_id = "msg_scripted", output_index = 0, content_index = 0, text = _text.ToString() });
            if (call is not null)
            {
                output.Add(Called(call));
            }

            foreach (var (index, item) in output.Index())
            {
                await Event("response.output_item.done", new { type = "response.output_item.done", output_index = index, item });
            }

            await Event("response.completed", new { type = "response.completed", response = Completed(output) });
        }

        private static object Message(string text)
            => new { type = "message", id = "msg_scripted", role = "assistant", status = "completed", content = new[] { new { type = "output_text", text, annotations = (object[])[] } } };

        private static object Called(ToolCall call) => call.Name.Split('/') is [var space, var name]
            ? new { type = "function_call", id = $"fc_{call.Id}", call_id = call.Id, @namespace = space, name, arguments = call.ArgumentsJson, status = "completed" }
            : new { type = "function_call", id = $"fc_{call.Id}", call_id = call.Id, name = call.Name, arguments = call.ArgumentsJson, status = "completed" };

        private object Completed(IReadOnlyList<object> output) => new
        {
            id = "resp_scripted",
            @object = "response",
            created_at = 1,
            status = "completed",
            model = Request.Model,
            output,
            usage = new { input_tokens = 10, input_tokens_details = new { cached_tokens = 0 }, output_tokens = 10, output_tokens_details = new { reasoning_tokens = 0 }, total_tokens = 20 },
        };

        private Task Event(string name, object data) => Send(data, name);
    }
}
