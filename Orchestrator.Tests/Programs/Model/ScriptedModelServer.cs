using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Tests.Programs.Model;

/// <summary>
/// A model server on loopback in the forms of OpenAI (chat completions and responses), Anthropic and Gemini, whose
/// answers a test chooses. It keeps every message of the user as it arrived, so that a test can say: this text reached
/// the model, byte for byte, once, in this order; and when which turn ran.
/// </summary>
internal sealed partial class ScriptedModelServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ModelMessageLog _log = new();
    private readonly ConcurrentDictionary<string, int> _attempts = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _problems = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly TurnLog _turns = new();
    private int _sideRequests;

    private ScriptedModelServer(WebApplication application) => _application = application;

    /// <summary>Chooses what happens to a request; may be replaced at any time. Default: <see cref="EchoTheId"/>.</summary>
    public Func<ModelTurn, ModelScript> Script { get; set; } = EchoTheId;

    /// <summary>Chooses what happens to the program's own requests (titles, memories, suggestions). Default: the answer "ok".</summary>
    public Func<ModelTurn, ModelScript> SideScript { get; set; } = _ => new ModelScript.Answer("ok");

    /// <summary>Tells a request of the conversation from those that the program makes for itself. Default: one that may use tools.</summary>
    public Func<ModelRequest, bool> IsTurn { get; set; } = static request => !request.Tools.IsEmpty;

    /// <summary>Its address, without a path.</summary>
    public string Address { get; private set; } = "";

    /// <summary>What OPENAI_BASE_URL has to be.</summary>
    public string BaseUrl => $"{Address}/v1";

    /// <summary>When which turn ran, if there is one conversation only.</summary>
    public ImmutableArray<TurnChange> Turns => _turns.All;

    /// <summary>All messages of the user that came in, in order.</summary>
    public ImmutableArray<ModelMessage> Messages => _log.All;

    /// <summary>
    /// The user's side of the conversation as the newest request has it: a program that failed in between sends what it was told then together with what it is told now.
    /// </summary>
    public ImmutableArray<string> Conversation { get; private set; } = [];

    /// <summary>How many requests were the program's own, not a turn of the conversation.</summary>
    public int SideRequests => Volatile.Read(ref _sideRequests);

    /// <summary>Requests that could not be understood: a test that ends well has none.</summary>
    public ImmutableArray<string> Problems => [.. _problems];

    public static async Task<ScriptedModelServer> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(System.Net.IPAddress.Loopback, 0);
            kestrel.Limits.MaxRequestBodySize = null;
        });
        var application = builder.Build();
        var server = new ScriptedModelServer(application);
        application.MapGet("/v1/models", () => Results.Json(new { @object = "list", data = new[] { new { id = "scripted", @object = "model" } } }));
        application.MapPost("/v1/chat/completions", context => server.Complete(context, new OpenAiChat()));
        application.MapPost("/v1/responses", context => server.Complete(context, new OpenAiResponses()));
        application.MapPost("/v1/messages", context => server.Complete(context, new AnthropicMessages()));
        application.MapPost("/v1/messages/count_tokens", () => Results.Json(new { input_tokens = 10 }));
        application.MapPost("/v1beta/models/{model}:countTokens", () => Results.Json(new { totalTokens = 10 }));
        application.MapPost("/v1beta/models/{model}:generateContent", context => server.Complete(context, new GeminiContent()));
        application.MapPost("/v1beta/models/{model}:streamGenerateContent", context => server.Complete(context, new GeminiContent()));
        await application.StartAsync();
        var addresses = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        server.Address = addresses.Addresses.Single();
        return server;
    }

    /// <summary>The default script: a short answer that names the id of the newest <c>[message ID from X]</c> line.</summary>
    public static ModelScript EchoTheId(ModelTurn turn)
    {
        if (turn.ToolResult is not null)
        {
            return new ModelScript.Answer("The tool has answered.");
        }

        var envelopes = Envelope().Matches(turn.Text);
        return new ModelScript.Answer(envelopes.Count == 0 ? "Received." : $"Received {envelopes[^1].Groups["id"].Value}.");
    }

    /// <summary>The first message that carries <paramref name="id"/>, as soon as it is here.</summary>
    public Task<ModelMessage> WaitForMessage(string id, TimeSpan? within = null)
        => _log.WaitFor(message => message.Text.Contains(id, StringComparison.Ordinal), $"message {id}", within ?? TimeSpan.FromSeconds(30));

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _application.StopAsync(CancellationToken.None);
        await _application.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task Complete(HttpContext context, ModelDialect dialect)
    {
        ModelRequest request;
        try
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            request = dialect.Read(body.RootElement, context.Request.Path);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            _problems.Enqueue(e.Message);
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        var isTurn = IsTurn(request);
        var text = request.UserMessages.LastOrDefault(static parts => ModelRequest.Written(parts).Length > 0) is { IsDefault: false } newest ? ModelRequest.Written(newest) : "";
        var key = string.Create(CultureInfo.InvariantCulture, $"{isTurn}/{request.Messages}/{request.UserMessages.Length}/{text}");
        var turn = new ModelTurn(text, request.ToolResult, _attempts.AddOrUpdate(key, 1, (_, before) => before + 1)) { Request = request };
        if (isTurn)
        {
            Conversation = [.. request.UserMessages.SelectMany(static parts => parts).Where(static part => !ModelRequest.IsReminder(part))];
            _log.Record(request, TimeProvider.System.GetUtcNow());
        }
        else
        {
            Interlocked.Increment(ref _sideRequests);
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token);
        var script = (isTurn ? Script : SideScript)(turn);
        var ended = TurnPhase.Refused;
        try
        {
            if (isTurn)
            {
                _turns.Enter(TurnPhase.Running, TimeProvider.System.GetUtcNow());
            }

            ended = await Play(script, dialect.Respond(context.Response, request, ending.Token), context, ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            context.Abort();
        }
        finally
        {
            if (isTurn)
            {
                _turns.Enter(ended, TimeProvider.System.GetUtcNow());
            }
        }
    }

    private static async Task<TurnPhase> Play(ModelScript script, ModelResponse response, HttpContext context, CancellationToken ending)
    {
        if (script.Thinking > TimeSpan.Zero)
        {
            await Task.Delay(script.Thinking, ending);
        }

        switch (script)
        {
            case ModelScript.Answer answer:
                await response.Answer(answer.Text, answer.Pause);
                return TurnPhase.Idle;
            case ModelScript.Talk talk:
                await response.Talk(talk.Until, talk.Pause);
                return TurnPhase.Idle;
            case ModelScript.CallTool call:
                await response.CallTool(call.Name, call.Arguments, call.Before);
                return TurnPhase.Tool;
            case ModelScript.RateLimit limit:
                context.Response.Headers.RetryAfter = ((int)limit.RetryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);
                await response.Error(StatusCodes.Status429TooManyRequests, "Rate limit reached");
                return TurnPhase.Refused;
            case ModelScript.Fail fail:
                await response.Error(fail.Status, fail.Message);
                return TurnPhase.Refused;
            case ModelScript.Hang hang:
                await (hang.Until ?? Task.Delay(Timeout.InfiniteTimeSpan, ending)).WaitAsync(ending);
                await response.Answer("At last.", TimeSpan.Zero);
                return TurnPhase.Idle;
            case ModelScript.Garbage:
                context.Response.ContentType = "text/event-stream";
                await context.Response.WriteAsync("<html>\u0001 this is no answer {[\n\n", ending);
                return TurnPhase.Refused;
            case ModelScript.Drop drop:
                await response.Begin(drop.Text);
                context.Features.Get<IHttpRequestLifetimeFeature>()!.Abort();
                return TurnPhase.Refused;
            default:
                throw new InvalidOperationException($"no way to play {script}");
        }
    }

    [GeneratedRegex(@"\[message (?<id>\S+) from [^\]]*\]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Envelope();
}
