using System.Globalization;
using System.Security.Cryptography;
using System.Text;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

using Orchestrator.Actors.Agents;
using Orchestrator.Node.Settings;
using Orchestrator.Node.Workers;

namespace Orchestrator.Node.Hooks;

/// <summary>
/// Hears what programs tell by their hooks: on a unix socket in the data folder that only its owner may open, from an agent that shows the secret of its present process. What is heard is a
/// fact about that agent and nothing else; nothing is ever answered but that it was heard.
/// </summary>
internal sealed partial class HookListener(NodeSettings settings, NodeWorker worker, TimeProvider time, ILogger<HookListener> logger) : IHostedService
{
    /// <summary>The only path there is.</summary>
    public const string Path = "/v1/hook";

    private const int MostBody = 2 * HookScript.MostBytes;
    private const long NanosecondsPerTick = 100;
    private static readonly TimeSpan MostDelay = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ReadWithin = TimeSpan.FromSeconds(5);

    private WebApplication? _application;

    /// <summary>The socket of a node with this data folder.</summary>
    public static string SocketIn(string data) => System.IO.Path.Combine(data, "node.sock");

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var socket = SocketIn(settings.Data);

        // Of a process that was killed: this one has the data folder for itself.
        File.Delete(socket);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MostBody;
            kestrel.Limits.RequestHeadersTimeout = ReadWithin;
            kestrel.ListenUnixSocket(socket);
        });
        _application = builder.Build();
        _application.Run(HearAsync);
        await _application.StartAsync(cancellationToken);
        File.SetUnixFileMode(socket, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_application is { } application)
        {
            await application.StopAsync(cancellationToken);
            await application.DisposeAsync();
        }

        File.Delete(SocketIn(settings.Data));
    }

    private async Task HearAsync(HttpContext context)
    {
        context.Response.StatusCode = await HeardAsync(context.Request, context.RequestAborted);
    }

    private async Task<int> HeardAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (!HttpMethods.IsPost(request.Method) || request.Path != Path)
        {
            return StatusCodes.Status404NotFound;
        }

        if (await HandsOfAsync(request, cancellation) is not { Pane: { } pane, Watch: { } watch } hands)
        {
            return StatusCodes.Status403Forbidden;
        }

        byte[] body;
        try
        {
            using var buffer = new MemoryStream();
            await request.Body.CopyToAsync(buffer, cancellation);
            body = buffer.ToArray();
        }
        catch (BadHttpRequestException exception)
        {
            return exception.StatusCode;
        }

        if (HookEvent.Read(body, pane.Profile.Hooks, HappenedAt(request))?.For(hands.Session) is not { } told)
        {
            LogNotUnderstood(logger, pane.Agent.Value, body.Length);
            return StatusCodes.Status400BadRequest;
        }

        LogHeard(logger, pane.Agent.Value, told.Name);
        watch.Tell(told);
        return StatusCodes.Status204NoContent;
    }

    private async Task<AgentHands?> HandsOfAsync(HttpRequest request, CancellationToken cancellation)
    {
        const string Scheme = "Bearer ";
        if (!AgentName.TryParse(request.Headers["X-Orc-Agent"].ToString(), out var agent)
            || worker.Find(agent) is not { Pane: { } pane } hands
            || request.Headers["X-Orc-Generation"].ToString() != pane.Generation.Value.ToString(CultureInfo.InvariantCulture)
            || request.Headers.Authorization.ToString() is not { } shown
            || !shown.StartsWith(Scheme, StringComparison.Ordinal)
            || !File.Exists(HookInstallation.SecretFile(pane.Launch)))
        {
            return null;
        }

        var secret = await File.ReadAllBytesAsync(HookInstallation.SecretFile(pane.Launch), cancellation);
        return secret.Length > 0 && CryptographicOperations.FixedTimeEquals(secret, Encoding.ASCII.GetBytes(shown[Scheme.Length..])) ? hands : null;
    }

    // The hook's own clock puts two events in order that come at the same time; one that cannot be is not believed.
    private DateTimeOffset HappenedAt(HttpRequest request)
    {
        var now = time.GetUtcNow();
        if (!long.TryParse(request.Headers["X-Orc-At"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var nanoseconds))
        {
            return now;
        }

        var at = DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / NanosecondsPerTick);
        return at <= now && now - at < MostDelay ? at : now;
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Agent} tells by a hook: {Event}")]
    private static partial void LogHeard(ILogger logger, string agent, string @event);

    [LoggerMessage(Level = LogLevel.Warning, Message = "a hook of {Agent} sent {Bytes} bytes that name no event by its profile")]
    private static partial void LogNotUnderstood(ILogger logger, string agent, int bytes);
}
