using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Authentication;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Cluster;

/// <summary>The port on which the other members reach this node: HTTP/2 with mutual TLS and nothing else. It serves what this node owns and refuses the rest; it passes nothing on.</summary>
public sealed partial class PeerServer : IAsyncDisposable
{
    private const int LargestRequest = 8 * 1024 * 1024;
    private const string Admitted = "orchestrator.admitted";
    private readonly WebApplication _app;
    private readonly PeerCertificates _certificates;
    private readonly ConcurrentDictionary<ConnectionContext, string> _open;

    private PeerServer(WebApplication app, PeerCertificates certificates, ConcurrentDictionary<ConnectionContext, string> open) => (_app, _certificates, _open) = (app, certificates, open);

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address { get; private set; } = null!;

    /// <summary>Opens the port.</summary>
    /// <param name="listen">Where; port 0 takes a free one.</param>
    /// <param name="system">Gives the runtime, once it is there.</param>
    /// <param name="manifests">The table of stored names.</param>
    /// <param name="certificates">Who this node is, and whom it believes.</param>
    /// <param name="logging">Where logs go.</param>
    /// <param name="panes">Gives what can be read of this node's panes, once it is there; null: no panes are served.</param>
    /// <param name="revocation">Gives what revokes nodes, once it is there; null: no lighthouse.</param>
    public static async Task<PeerServer> StartAsync(
        IPEndPoint listen, Func<ActorSystem?> system, ManifestTable manifests, PeerCertificates certificates, Action<ILoggingBuilder> logging, Func<PeerPanes?>? panes = null, Func<INodeRevocation?>? revocation = null)
    {
        var open = new ConcurrentDictionary<ConnectionContext, string>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        logging(builder.Logging);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestRequest;
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
            kestrel.Listen(listen, endpoint =>
            {
                endpoint.Protocols = HttpProtocols.Http2;

                // Whoever is turned away is told nothing; the log has one line.
                var logger = endpoint.ApplicationServices.GetRequiredService<ILogger<PeerServer>>();
                endpoint.Use(next => async connection =>
                {
                    await next(connection);
                    if (!connection.Items.ContainsKey(Admitted))
                    {
                        Refused(logger, connection.RemoteEndPoint);
                    }
                });
                endpoint.UseHttps(https =>
                {
                    https.SslProtocols = SslProtocols.Tls13;
                    https.ServerCertificateSelector = (_, _) => certificates.Own;
                    https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
                    https.ClientCertificateValidation = (certificate, _, _) => certificates.NameOf(certificate, asServer: false) is not null;
                });
                endpoint.Use(next => async connection =>
                {
                    var shown = connection.Features.Get<ITlsConnectionFeature>()?.ClientCertificate?.SerialNumber ?? string.Empty;
                    if (certificates.ShookHands is { } shookHands)
                    {
                        await shookHands();
                    }

                    open[connection] = shown;
                    try
                    {
                        // Whoever was revoked while it shook hands was not yet there to be closed.
                        Interlocked.MemoryBarrier();
                        if (!certificates.Revoked.Contains(shown))
                        {
                            connection.Items[Admitted] = true;
                            await next(connection);
                        }
                    }
                    finally
                    {
                        open.TryRemove(connection, out _);
                    }
                });
            });
        });
        var app = builder.Build();
        var server = new PeerServer(app, certificates, open);
        app.MapPost("/cluster/v1/ask", context => ServeAsync(context, system, manifests, static async (system, entity, request, what, cancellationToken) =>
            await system.AskHereAsync(entity, (Command)what, new CommandId(request.Id ?? string.Empty), new Sender(request.Sender ?? string.Empty), cancellationToken)));
        app.MapPost("/cluster/v1/query", context => ServeAsync(context, system, manifests, static async (system, entity, _, what, cancellationToken) =>
            new Answer(await system.QueryHereAsync(entity, (Query)what, cancellationToken), JournalPosition.Start, Repeated: false)));
        if (panes is not null)
        {
            PeerPanes.Map(app, panes);
        }

        if (revocation is not null)
        {
            app.MapPost(PeerRevocations.Path, context => PeerRevocations.ServeAsync(context, system(), revocation()));
        }

        await app.StartAsync();
        server.Address = IPEndPoint.Parse(new Uri(app.Urls.Single()).Authority);
        return server;
    }

    /// <summary>Closes the connections of members whose certificate has been revoked.</summary>
    public void CloseRevoked()
    {
        foreach (var (connection, _) in _open.Where(open => _certificates.Revoked.Contains(open.Value)))
        {
            connection.Abort(new ConnectionAbortedException("the certificate has been revoked"));
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task ServeAsync(
        HttpContext context,
        Func<ActorSystem?> systems,
        ManifestTable manifests,
        Func<ActorSystem, EntityId, PeerRequest, object, CancellationToken, Task<Answer>> serve)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        if (long.TryParse(context.Request.Headers[PeerErrors.DeadlineHeader], NumberStyles.None, CultureInfo.InvariantCulture, out var left) && left is > 0 and < int.MaxValue)
        {
            limit.CancelAfter(TimeSpan.FromMilliseconds(left));
        }

        try
        {
            var request = await context.Request.ReadFromJsonAsync<PeerRequest>(JsonSerializerOptions.Web, limit.Token) ?? throw new JsonException("the request is empty");
            var system = systems() ?? throw new NotOwnerException(EntityId.Parse(request.Entity));
            var what = manifests.Read(request.Manifest, JsonSerializer.SerializeToUtf8Bytes(request.Payload));
            var answer = await serve(system, EntityId.Parse(request.Entity), request, what, limit.Token);
            var (manifest, payload) = manifests.Write(answer.Reply);
            await context.Response.WriteAsJsonAsync(new PeerReply(manifest, JsonElement.Parse(payload), answer.Position.Value, answer.Repeated), JsonSerializerOptions.Web, limit.Token);
        }
        catch (Exception e) when (!context.RequestAborted.IsCancellationRequested)
        {
            var (status, code) = e switch
            {
                NotOwnerException or FencedException => (StatusCodes.Status421MisdirectedRequest, PeerErrors.NotOwner),
                OverloadedException => (StatusCodes.Status503ServiceUnavailable, PeerErrors.Overloaded),
                StoreUnavailableException or OperationCanceledException => (StatusCodes.Status503ServiceUnavailable, PeerErrors.Unavailable),
                EntityQuarantinedException => (StatusCodes.Status409Conflict, PeerErrors.Quarantined),
                UnknownManifestException => (StatusCodes.Status400BadRequest, PeerErrors.Unknown),
                JsonException or FormatException or InvalidCastException or Microsoft.AspNetCore.Http.BadHttpRequestException => (StatusCodes.Status400BadRequest, PeerErrors.Failed),
                _ => (StatusCodes.Status500InternalServerError, PeerErrors.Failed),
            };
            context.Response.StatusCode = status;
            await context.Response.WriteAsJsonAsync(new PeerError(code, e.Message), JsonSerializerOptions.Web, CancellationToken.None);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A connection from {Remote} to the port between nodes was refused: it showed no certificate of this cluster that is valid now, or spoke no TLS 1.3")]
    private static partial void Refused(ILogger logger, EndPoint? remote);
}
