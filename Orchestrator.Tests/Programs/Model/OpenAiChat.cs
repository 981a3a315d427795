using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Orchestrator.Tests.Programs.Model;

/// <summary>OpenAI's chat completions.</summary>
internal sealed class OpenAiChat : ModelDialect
{
    public override ModelRequest Read(JsonElement body, string path)
    {
        var messages = body.GetProperty("messages").EnumerateArray().ToList();
        return new ModelRequest(
            body.GetProperty("model").GetString() ?? "",
            JsonParts.Flag(body, "stream"),
            Role(messages[0]) is "system" or "developer" ? string.Concat(JsonParts.Texts(messages[0], "content")) : "",
            [.. JsonParts.Items(body, "tools").Select(static tool => JsonParts.Text(tool.GetProperty("function"), "name"))],
            [.. messages.Where(static message => Role(message) == "user").Select(static message => JsonParts.Texts(message, "content"))],
            Role(messages[^1]) == "tool" ? string.Concat(JsonParts.Texts(messages[^1], "content")) : null,
            messages.Count)
        {
            Results = [.. messages
                .Skip(messages.FindLastIndex(static message => Role(message) == "user" && ModelRequest.Written(JsonParts.Texts(message, "content")).Length > 0) + 1)
                .Where(static message => Role(message) == "tool")
                .Select(static message => string.Concat(JsonParts.Texts(message, "content")))],
        };
    }

    public override ModelResponse Respond(HttpResponse response, ModelRequest request, CancellationToken ending)
        => new Response(response, request, ending);

    private static string Role(JsonElement message) => JsonParts.Text(message, "role");

    private sealed class Response(HttpResponse response, ModelRequest request, CancellationToken ending) : ModelResponse(response, request, ending)
    {
        private static readonly object Usage = new { prompt_tokens = 10, completion_tokens = 10, total_tokens = 20 };

        protected override object Whole(string text, ToolCall? call) => new
        {
            id = "scripted",
            @object = "chat.completion",
            created = 1,
            model = Request.Model,
            choices = new[]
            {
                new
                {
                    index = 0,
                    message = call is null ? (object)new { role = "assistant", content = text } : new { role = "assistant", content = text, tool_calls = new[] { Called(call) } },
                    finish_reason = call is null ? "stop" : "tool_calls",
                },
            },
            usage = Usage,
        };

        protected override object Failure(int status, string message) => new { error = new { message, type = "scripted", code = status } };

        protected override Task Piece(string text) => Chunk(new { role = "assistant", content = text });

        protected override async Task Finish(ToolCall? call)
        {
            if (call is not null)
            {
                await Chunk(new { tool_calls = new[] { Called(call) } });
            }

            await Chunk(new { }, call is null ? "stop" : "tool_calls");
            await Send(new { id = "scripted", @object = "chat.completion.chunk", created = 1, model = Request.Model, choices = ImmutableArray<object>.Empty, usage = Usage });
            await Raw("data: [DONE]\n\n");
        }

        private static object Called(ToolCall call)
            => new { index = 0, id = call.Id, type = "function", function = new { name = call.Name, arguments = call.ArgumentsJson } };

        private Task Chunk(object delta, string? reason = null) => Send(new
        {
            id = "scripted",
            @object = "chat.completion.chunk",
            created = 1,
            model = Request.Model,
            choices = new[] { new { index = 0, delta, finish_reason = reason } },
        });
    }
}
