using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Orchestrator.Tests.Programs.Model;

/// <summary>Anthropic's messages.</summary>
internal sealed class AnthropicMessages : ModelDialect
{
    public override ModelRequest Read(JsonElement body, string path)
    {
        var messages = body.GetProperty("messages").EnumerateArray().ToList();
        return new ModelRequest(
            body.GetProperty("model").GetString() ?? "",
            JsonParts.Flag(body, "stream"),
            string.Join('\n', JsonParts.Texts(body, "system")),
            [.. JsonParts.Items(body, "tools").Select(static tool => JsonParts.Text(tool, "name"))],
            [.. messages.Where(static message => JsonParts.Text(message, "role") == "user").Select(static message => JsonParts.Texts(message, "content"))],
            Result(messages[^1]),
            messages.Count);
    }

    public override ModelResponse Respond(HttpResponse response, ModelRequest request, CancellationToken ending)
        => new Response(response, request, ending);

    private static string? Result(JsonElement message)
    {
        var results = JsonParts.Items(message, "content").Where(static part => JsonParts.Text(part, "type") == "tool_result").ToList();
        return results.Count == 0 ? null : string.Concat(results.SelectMany(static result => JsonParts.Texts(result, "content")));
    }

    private sealed class Response(HttpResponse response, ModelRequest request, CancellationToken ending) : ModelResponse(response, request, ending)
    {
        private static readonly object Usage = new { input_tokens = 10, output_tokens = 10, cache_creation_input_tokens = 0, cache_read_input_tokens = 0 };
        private static int _messages;

        // It takes answers with the same id for parts of one.
        private readonly string _id = $"msg_scripted{Interlocked.Increment(ref _messages)}";
        private bool _begun;

        protected override object Whole(string text, ToolCall? call) => new
        {
            id = _id,
            type = "message",
            role = "assistant",
            model = Request.Model,
            content = call is null
                ? (object[])[new { type = "text", text }]
                : [new { type = "text", text }, new { type = "tool_use", id = call.Id, name = call.Name, input = call.Arguments }],
            stop_reason = Reason(call),
            stop_sequence = (string?)null,
            usage = Usage,
        };

        protected override object Failure(int status, string message) => new
        {
            type = "error",
            error = new { type = status == StatusCodes.Status429TooManyRequests ? "rate_limit_error" : status >= 500 ? "api_error" : "invalid_request_error", message },
        };

        protected override async Task Piece(string text)
        {
            if (!_begun)
            {
                _begun = true;
                await Event("message_start", new
                {
                    type = "message_start",
                    message = new { id = _id, type = "message", role = "assistant", model = Request.Model, content = (object[])[], stop_reason = (string?)null, stop_sequence = (string?)null, usage = Usage },
                });
                await Event("content_block_start", new { type = "content_block_start", index = 0, content_block = new { type = "text", text = "" } });
            }

            await Event("content_block_delta", new { type = "content_block_delta", index = 0, delta = new { type = "text_delta", text } });
        }

        protected override async Task Finish(ToolCall? call)
        {
            await Event("content_block_stop", new { type = "content_block_stop", index = 0 });
            if (call is not null)
            {
                await Event("content_block_start", new { type = "content_block_start", index = 1, content_block = new { type = "tool_use", id = call.Id, name = call.Name, input = new { } } });
                await Event("content_block_delta", new { type = "content_block_delta", index = 1, delta = new { type = "input_json_delta", partial_json = call.ArgumentsJson } });
                await Event("content_block_stop", new { type = "content_block_stop", index = 1 });
            }

            await Event("message_delta", new { type = "message_delta", delta = new { stop_reason = Reason(call), stop_sequence = (string?)null }, usage = new { output_tokens = 10 } });
            await Event("message_stop", new { type = "message_stop" });
        }

        private static string Reason(ToolCall? call) => call is null ? "end_turn" : "tool_use";

        private Task Event(string name, object data) => Send(data, name);
    }
}
