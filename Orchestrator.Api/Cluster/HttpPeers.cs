using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Cluster;

/// <summary>Reaches the other members over HTTP/2 with mutual TLS. How much may be on its way to one member is bounded: more is refused at once.</summary>
/// <param name="manifests">The table of stored names.</param>
/// <param name="certificates">Who this node is, and whom it believes.</param>
public sealed class HttpPeers(ManifestTable manifests, PeerCertificates certificates) : IPeers, IDisposable
{
    /// <summary>The most requests on their way to one member.</summary>
    public const int Window = 2000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<(string Name, string Address), Lazy<Peer>> _peers = new();

    /// <inheritdoc/>
    public async Task<Answer> AskAsync(Member to, EntityId entity, Command command, CommandId id, Sender sender, CancellationToken cancellationToken)
    {
        var (manifest, payload) = manifests.Write(command);
        var reply = await SendAsync(to, entity, "ask", new PeerRequest(entity.ToString(), manifest, JsonElement.Parse(payload), id.Value, sender.Value), cancellationToken);
        return new Answer(Read(reply), new JournalPosition(reply.Position), reply.Repeated);
    }

    /// <inheritdoc/>
    public async Task<Reply> QueryAsync(Member to, EntityId entity, Query query, CancellationToken cancellationToken)
    {
        var (manifest, payload) = manifests.Write(query);
        return Read(await SendAsync(to, entity, "query", new PeerRequest(entity.ToString(), manifest, JsonElement.Parse(payload)), cancellationToken));
    }

    /// <summary>What another member's worker knows of a pane; null if the pane is not there.</summary>
    /// <exception cref="PeerUnreachableException">It cannot be reached.</exception>
    internal async Task<T?> ReadPaneAsync<T>(Member of, string path, CancellationToken cancellationToken)
        where T : class
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            using var response = await GetAsync(of, path, limit.Token);
            return response is null ? null : await response.Content.ReadFromJsonAsync<T>(JsonSerializerOptions.Web, limit.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or AuthenticationException or JsonException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw Unreachable(of, e);
        }
    }

    /// <summary>The recording of a pane of another member, line by line; nothing if the pane is not there.</summary>
    /// <exception cref="PeerUnreachableException">It cannot be reached, or the connection was lost.</exception>
    /// <exception cref="OverloadedException">As many recordings run there as may.</exception>
    internal async IAsyncEnumerable<string> ReadRecordingAsync(Member of, string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await ReachingAsync(of, () => GetAsync(of, path, cancellationToken), cancellationToken);
        if (response is null)
        {
            yield break;
        }

        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        while (await ReachingAsync(of, () => reader.ReadLineAsync(cancellationToken).AsTask(), cancellationToken) is { } line)
        {
            yield return line;
        }
    }

    /// <summary>What another member's templates make of a team's file.</summary>
    /// <exception cref="PeerUnreachableException">It cannot be reached, or reads none.</exception>
    /// <exception cref="FormatException">The file cannot be used.</exception>
    internal async Task<TeamFileReading> ReadTeamFileAsync(Member of, TeamFile file, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, PeerTeamFiles.Path) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = JsonContent.Create(file, options: JsonSerializerOptions.Web) };
            using var response = await PeerOf(of).Client.SendAsync(message, limit.Token);
            return response.StatusCode == HttpStatusCode.BadRequest
                ? throw new FormatException((await response.Content.ReadFromJsonAsync<PeerError>(JsonSerializerOptions.Web, limit.Token))?.Reason)
                : (await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<PeerTeam>(PayloadJson.Options, limit.Token))?.ToReading() ?? throw new JsonException("the answer is empty");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or AuthenticationException or JsonException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw Unreachable(of, e);
        }
    }

    /// <summary>Has another member, a lighthouse, revoke a node: null, or why it refuses.</summary>
    /// <exception cref="PeerUnreachableException">It cannot be reached, or did not answer in time: it may have done it.</exception>
    /// <exception cref="StoreUnavailableException">It cannot reach its database now.</exception>
    internal async Task<Refused?> RevokeAsync(Member by, PeerRevocation revocation, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, PeerRevocations.Path) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = JsonContent.Create(revocation, options: JsonSerializerOptions.Web) };
            using var response = await PeerOf(by).Client.SendAsync(message, limit.Token);
            if (response.StatusCode is not (HttpStatusCode.Conflict or HttpStatusCode.BadRequest or HttpStatusCode.ServiceUnavailable))
            {
                response.EnsureSuccessStatusCode();
                return null;
            }

            var error = await response.Content.ReadFromJsonAsync<PeerError>(JsonSerializerOptions.Web, limit.Token) ?? throw new JsonException("the answer is empty");
            return response.StatusCode is HttpStatusCode.ServiceUnavailable ? throw new StoreUnavailableException($"{by.Name}: {error.Reason}") : new Refused(error.Code, error.Reason);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or AuthenticationException or JsonException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw Unreachable(by, e);
        }
    }

    /// <summary>Closes the connections to members whose certificate has been revoked.</summary>
    public void CloseRevoked()
    {
        foreach (var (key, peer) in _peers)
        {
            if (peer is { IsValueCreated: true, Value.Shown: { } shown } && certificates.Revoked.Contains(shown) && _peers.TryRemove(KeyValuePair.Create(key, peer)))
            {
                peer.Value.Client.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var peer in _peers.Values.Where(static peer => peer.IsValueCreated))
        {
            peer.Value.Client.Dispose();
        }
    }

    private static async Task<T> ReachingAsync<T>(Member of, Func<Task<T>> read, CancellationToken cancellationToken)
    {
        try
        {
            return await read();
        }
        catch (Exception e) when (e is HttpRequestException or IOException or AuthenticationException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw Unreachable(of, e);
        }
    }

    private async Task<HttpResponseMessage?> GetAsync(Member of, string path, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, path) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        var response = await PeerOf(of).Client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            response.Dispose();
            return null;
        }

        if (response.StatusCode == HttpStatusCode.TooManyRequests)
        {
            using (response)
            {
                throw new OverloadedException($"{of.Name}: {(await response.Content.ReadFromJsonAsync<PeerError>(JsonSerializerOptions.Web, cancellationToken))?.Reason}");
            }
        }

        return response.EnsureSuccessStatusCode();
    }

    private Peer PeerOf(Member to) => _peers.GetOrAdd((to.Name, to.Address), key => new Lazy<Peer>(() => NewPeer(key.Name, key.Address))).Value;

    private static PeerUnreachableException Unreachable(Member to, Exception e) => new($"{to.Name} ({to.Address}) cannot be reached: {e.InnerException?.Message ?? e.Message}", e);

    private Reply Read(PeerReply reply) => (Reply)manifests.Read(reply.Manifest, JsonSerializer.SerializeToUtf8Bytes(reply.Payload));

    private async Task<PeerReply> SendAsync(Member to, EntityId entity, string verb, PeerRequest request, CancellationToken cancellationToken)
    {
        var peer = PeerOf(to);
        if (Interlocked.Increment(ref peer.OnTheWay) > Window)
        {
            Interlocked.Decrement(ref peer.OnTheWay);
            throw new OverloadedException($"{Window} requests are on their way to {to.Name}: try again later");
        }

        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(Patience);
            using var message = new HttpRequestMessage(HttpMethod.Post, $"/cluster/v1/{verb}")
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = JsonContent.Create(request, options: JsonSerializerOptions.Web),
            };
            message.Headers.Add(PeerErrors.DeadlineHeader, ((long)Patience.TotalMilliseconds).ToString(CultureInfo.InvariantCulture));
            using var response = await peer.Client.SendAsync(message, limit.Token);
            return response.IsSuccessStatusCode
                ? await response.Content.ReadFromJsonAsync<PeerReply>(JsonSerializerOptions.Web, limit.Token) ?? throw new JsonException("the reply is empty")
                : throw Error(to, entity, await response.Content.ReadFromJsonAsync<PeerError>(JsonSerializerOptions.Web, limit.Token));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or AuthenticationException or JsonException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw Unreachable(to, e);
        }
        finally
        {
            Interlocked.Decrement(ref peer.OnTheWay);
        }
    }

    private static Exception Error(Member to, EntityId entity, PeerError? error) => error?.Code switch
    {
        PeerErrors.NotOwner => new NotOwnerException(entity),
        PeerErrors.Overloaded => new OverloadedException($"{to.Name}: {error.Reason}"),
        PeerErrors.Quarantined => new EntityQuarantinedException(entity, error.Reason),
        PeerErrors.Unavailable => new StoreUnavailableException($"{to.Name}: {error.Reason}"),
        _ => new InvalidOperationException($"{to.Name} could not answer: {error?.Reason ?? "no reason given"}"),
    };

    private Peer NewPeer(string name, string address)
    {
        Peer peer = null!;
        var believed = certificates.ServerNamed(name);
        var handler = new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = TimeSpan.FromSeconds(2),
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(5),

            // A peer that is paused answers no ping: its connection is given up before its beats are missed.
            KeepAlivePingDelay = TimeSpan.FromSeconds(2),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(2),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always,
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
        };
        handler.SslOptions.EnabledSslProtocols = SslProtocols.Tls13;
        handler.SslOptions.TargetHost = name;
        handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificates.Own;
        handler.SslOptions.RemoteCertificateValidationCallback = (sender, certificate, chain, errors) =>
        {
            // First noted, then held against what is revoked: whoever is revoked in between is closed, or refused here.
            peer.Shown = (certificate as X509Certificate2)?.SerialNumber;
            Interlocked.MemoryBarrier();
            return believed(sender, certificate, chain, errors);
        };
        return peer = new Peer(new HttpClient(handler) { BaseAddress = new Uri($"https://{address}"), Timeout = Timeout.InfiniteTimeSpan });
    }

    private sealed class Peer(HttpClient client)
    {
        public int OnTheWay;

        public HttpClient Client { get; } = client;

        /// <summary>The serial number of the certificate that it has shown last.</summary>
        public volatile string? Shown;
    }
}
