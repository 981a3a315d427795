using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Orchestrator.Tests.Programs.Model;

/// <summary>Gemini's generateContent and streamGenerateContent.</summary>
internal sealed class GeminiContent : ModelDialect
{
    public override ModelRequest Read(JsonElement body, string path)
    {
        var contents = body.GetProperty("contents").EnumerateArray().ToList();
        return new ModelRequest(
            path[(path.LastIndexOf('/') + 1)..path.LastIndexOf(':')],
            path.EndsWith(":streamGenerateContent", StringComparison.Ordinal),
            body.TryGetProperty("systemInstruction", out var instruction) ? string.Concat(JsonParts.Texts(instruction, "parts")) : "",
            [.. JsonParts.Items(body, "tools").SelectMany(static tools => JsonParts.Items(tools, "functionDeclarations")).Select(static tool => JsonParts.Text(tool, "name"))],
            [.. contents.Where(static content => JsonParts.Text(content, "role") == "user").Select(static content => JsonParts.Texts(content, "parts"))],
            Result(contents[^1]),
            contents.Count);
    }

    public override ModelResponse Respond(HttpResponse response, ModelRequest request, CancellationToken ending)
        => new Response(response, request, ending);

    private static string? Result(JsonElement content)
    {
        var results = JsonParts.Items(content, "parts").Where(static part => part.TryGetProperty("functionResponse", out _)).ToList();
        return results.Count == 0 ? null : string.Concat(results.Select(static part => part.GetProperty("functionResponse").GetRawText()));
    }

    private sealed class Response(HttpResponse response, ModelRequest request, CancellationToken ending) : ModelResponse(response, request, ending)
    {
        protected override object Whole(string text, ToolCall? call)
            => Candidate(call is null ? [new { text }] : [new { text }, Called(call)], "STOP");

        protected override object Failure(int status, string message)
            => new { error = new { code = status, message, status = status == StatusCodes.Status429TooManyRequests ? "RESOURCE_EXHAUSTED" : status >= 500 ? "INTERNAL" : "INVALID_ARGUMENT" } };

        protected override Task Piece(string text) => Send(Candidate([new { text }], null));

        protected override Task Finish(ToolCall? call) => Send(Candidate(call is null ? [new { text = "" }] : [Called(call)], "STOP"));

        private static object Called(ToolCall call) => new { functionCall = new { id = call.Id, name = call.Name, args = call.Arguments } };

        private object Candidate(object[] parts, string? reason)
        {
            var content = new { role = "model", parts };
            return new
            {
                candidates = new[] { reason is null ? (object)new { index = 0, content } : new { index = 0, content, finishReason = reason } },
                usageMetadata = new { promptTokenCount = 10, candidatesTokenCount = 10, totalTokenCount = 20 },
                modelVersion = Request.Model,
                responseId = "scripted",
            };
        }
    }
}
