using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Orchestrator.Tests.Qwen;

/// <summary>Writes one answer in OpenAI's form: as server-sent chunks, or whole when the program asked for that.</summary>
internal sealed class ChatResponse(HttpResponse response, ChatRequest request, CancellationToken ending)
{
    private static readonly object Usage = new { prompt_tokens = 10, completion_tokens = 10, total_tokens = 20 };
    private static int _calls;
    private bool _begun;

    public async Task Answer(string text, TimeSpan pause)
    {
        if (!request.Streaming)
        {
            await Whole(new { role = "assistant", content = text }, "stop");
            return;
        }

        foreach (var word in text.Split(' '))
        {
            await Chunk(new { role = "assistant", content = word + " " });
            if (pause > TimeSpan.Zero)
            {
                await Task.Delay(pause, ending);
            }
        }

        await End("stop");
    }

    public async Task Talk(Task until, TimeSpan pause)
    {
        for (var i = 0; !until.IsCompleted; i++)
        {
            await Chunk(new { role = "assistant", content = string.Create(CultureInfo.InvariantCulture, $"word{i} ") });
            await Task.WhenAny(until, Task.Delay(pause, ending));
            ending.ThrowIfCancellationRequested();
        }

        await End("stop");
    }

    public async Task CallTool(string name, string arguments, string before)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"call_{Interlocked.Increment(ref _calls)}");
        var call = new { index = 0, id, type = "function", function = new { name, arguments } };
        if (!request.Streaming)
        {
            await Whole(new { role = "assistant", content = before, tool_calls = new[] { call } }, "tool_calls");
            return;
        }

        await Chunk(new { role = "assistant", content = before });
        await Chunk(new { tool_calls = new[] { call } });
        await End("tool_calls");
    }

    public Task Begin(string text) => Chunk(new { role = "assistant", content = text });

    public async Task Error(int status, string message)
    {
        response.StatusCode = status;
        response.ContentType = "application/json";
        await response.WriteAsync(JsonSerializer.Serialize(new { error = new { message, type = "scripted", code = status } }), ending);
    }

    private async Task Whole(object message, string reason)
    {
        response.ContentType = "application/json";
        await response.WriteAsync(
            JsonSerializer.Serialize(new
            {
                id = "scripted",
                @object = "chat.completion",
                created = 1,
                model = request.Model,
                choices = new[] { new { index = 0, message, finish_reason = reason } },
                usage = Usage,
            }),
            ending);
    }

    private Task Chunk(object delta, string? reason = null) => Send(new
    {
        id = "scripted",
        @object = "chat.completion.chunk",
        created = 1,
        model = request.Model,
        choices = new[] { new { index = 0, delta, finish_reason = reason } },
    });

    private async Task End(string reason)
    {
        await Chunk(new { }, reason);
        await Send(new { id = "scripted", @object = "chat.completion.chunk", created = 1, model = request.Model, choices = Array.Empty<object>(), usage = Usage });
        await response.WriteAsync("data: [DONE]\n\n", ending);
    }

    private async Task Send(object chunk)
    {
        if (!_begun)
        {
            _begun = true;
            response.ContentType = "text/event-stream";
            response.Headers.CacheControl = "no-cache";
        }

        await response.WriteAsync($"data: {JsonSerializer.Serialize(chunk)}\n\n", ending);
        await response.Body.FlushAsync(ending);
    }
}
