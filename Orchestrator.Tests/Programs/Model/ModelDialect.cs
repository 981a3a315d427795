using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Orchestrator.Tests.Programs.Model;

/// <summary>One of the forms in which programs ask a model: how its requests are read, and its answers written.</summary>
internal abstract class ModelDialect
{
    /// <summary>Reads a request.</summary>
    /// <param name="body">Its body.</param>
    /// <param name="path">Its path, which names the model in some forms.</param>
    public abstract ModelRequest Read(JsonElement body, string path);

    /// <summary>Begins the answer to a request.</summary>
    public abstract ModelResponse Respond(HttpResponse response, ModelRequest request, CancellationToken ending);
}

/// <summary>A tool that the model calls.</summary>
internal sealed record ToolCall(string Id, string Name, object Arguments)
{
    public string ArgumentsJson => JsonSerializer.Serialize(Arguments);
}

/// <summary>Writes one answer: as server-sent events, or whole when the program asked for that.</summary>
internal abstract class ModelResponse(HttpResponse response, ModelRequest request, CancellationToken ending)
{
    private static int _calls;
    private bool _begun;

    protected ModelRequest Request => request;

    public async Task Answer(string text, TimeSpan pause)
    {
        if (!request.Streaming)
        {
            await Json(StatusCodes.Status200OK, Whole(text, null));
            return;
        }

        foreach (var word in text.Split(' '))
        {
            await Piece(word + " ");
            if (pause > TimeSpan.Zero)
            {
                await Task.Delay(pause, ending);
            }
        }

        await Finish(null);
    }

    public async Task Talk(Task until, TimeSpan pause)
    {
        // However short a turn is, it says something.
        var said = 0;
        do
        {
            await Piece($"word{said++} ");
            await Task.WhenAny(until, Task.Delay(pause, ending));
            ending.ThrowIfCancellationRequested();
        }
        while (!until.IsCompleted);

        await Finish(null);
    }

    public async Task CallTool(string name, object arguments, string before)
    {
        var call = new ToolCall($"call_{Interlocked.Increment(ref _calls)}", name, arguments);
        if (!request.Streaming)
        {
            await Json(StatusCodes.Status200OK, Whole(before, call));
            return;
        }

        await Piece(before);
        await Finish(call);
    }

    /// <summary>Begins an answer that does not end.</summary>
    public Task Begin(string text) => Piece(text);

    public Task Error(int status, string message) => Json(status, Failure(status, message));

    /// <summary>The body of a whole answer.</summary>
    protected abstract object Whole(string text, ToolCall? call);

    /// <summary>The body of a refusal.</summary>
    protected abstract object Failure(int status, string message);

    /// <summary>Sends one piece of the text.</summary>
    protected abstract Task Piece(string text);

    /// <summary>Ends the text, calls the tool if there is one, and ends the answer.</summary>
    protected abstract Task Finish(ToolCall? call);

    protected async Task Send(object data, string? name = null)
        => await Raw($"{(name is null ? "" : $"event: {name}\n")}data: {JsonSerializer.Serialize(data)}\n\n");

    protected async Task Raw(string text)
    {
        if (!_begun)
        {
            _begun = true;
            response.ContentType = "text/event-stream";
            response.Headers.CacheControl = "no-cache";
        }

        await response.WriteAsync(text, ending);
        await response.Body.FlushAsync(ending);
    }

    private async Task Json(int status, object body)
    {
        response.StatusCode = status;
        response.ContentType = "application/json";
        await response.WriteAsync(JsonSerializer.Serialize(body), ending);
    }
}
