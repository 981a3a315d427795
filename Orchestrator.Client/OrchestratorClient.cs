using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Orchestrator.Client;

/// <summary>
/// The HTTP API, typed. Every write carries an id, so a call whose connection broke, or whose node could not serve it just then, is sent again without being done twice, to the next address where
/// there are several; and every read sees what this client has written before it. Safe for use by several threads.
/// </summary>
public sealed partial class OrchestratorClient : IDisposable
{
    /// <summary>The header of a write's answer: the journal position of its commit.</summary>
    public const string PositionHeader = "Orchestrator-Position";

    /// <summary>The header that carries the id of a write, a ULID.</summary>
    public const string IdempotencyHeader = "Idempotency-Key";

    /// <summary>How long a call with all its tries takes at most unless <see cref="Patience"/> says otherwise: the 15 s for which a node looks for the owner of an entity, and a little.</summary>
    public static readonly TimeSpan DefaultPatience = TimeSpan.FromSeconds(18);

    // What goes through all agents of a node takes its time.
    private static readonly TimeSpan ForMany = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan[] Pauses = [TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(900)];

    private readonly HttpMessageInvoker _http;
    private readonly NodeConnection _connection;
    private readonly TimeProvider _time;
    private readonly ImmutableArray<Uri> _addresses;
    private int _here;
    private long _position;

    /// <summary>A client of the node at <paramref name="connection"/>.</summary>
    /// <param name="connection">Where the node answers, and the token.</param>
    /// <param name="handler">Sends the requests (tests give their own); by default sockets without proxy, cookies or tracing. Disposed with the client.</param>
    /// <param name="time">The clock for ids and pauses.</param>
    public OrchestratorClient(NodeConnection connection, HttpMessageHandler? handler = null, TimeProvider? time = null)
    {
        _connection = connection;
        _addresses = [connection.Address, .. connection.Others];
        _time = time ?? TimeProvider.System;
        _http = new HttpMessageInvoker(handler ?? Sockets(connection.AuthorityPem));
    }

    private static SocketsHttpHandler Sockets(string? authorityPem)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = TimeSpan.FromSeconds(5),
        };
        if (authorityPem is not null)
        {
            handler.SslOptions.CertificateChainPolicy = RootTrust.Only(X509Certificate2.CreateFromPem(authorityPem));
        }

        return handler;
    }

    /// <summary>The node that this client talks to.</summary>
    public NodeConnection Connection => _connection;

    /// <summary>How long a call may take with all its tries until its answer begins; then it is given up, and the error says what was tried and whether it may have been carried out.</summary>
    public TimeSpan Patience { get; init; } = DefaultPatience;

    /// <summary>The greatest journal position that an answer has named; reads ask for at least this one. 0: none yet.</summary>
    public long Position => Interlocked.Read(ref _position);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        => SendAsync(HttpMethod.Get, Seeing(path), body: null, id: null, type, cancellationToken);

    private Task<T> PostAsync<T>(string path, byte[]? body, JsonTypeInfo<T> type, CancellationToken cancellationToken, TimeSpan? within = null)
        => SendAsync(HttpMethod.Post, path, body, MessageId.New(_time), type, cancellationToken, within);

    private async Task<T> SendAsync<T>(HttpMethod method, string path, byte[]? body, string? id, JsonTypeInfo<T> type, CancellationToken cancellationToken, TimeSpan? within = null)
    {
        using var response = await ExchangeAsync(method, path, body, id, cancellationToken, within);
        try
        {
            await using var content = await response.Content.ReadAsStreamAsync(cancellationToken);
            return await JsonSerializer.DeserializeAsync(content, type, cancellationToken) ?? throw new JsonException("the answer is empty");
        }
        catch (Exception e) when (e is JsonException or IOException or HttpRequestException)
        {
            throw new NodeUnreachableException($"the answer of {_connection.Address} to {method} {path} cannot be read: {e.Message}", e);
        }
    }

    private async Task<HttpResponseMessage> ExchangeAsync(HttpMethod method, string path, byte[]? body, string? id, CancellationToken cancellationToken, TimeSpan? within = null)
    {
        using var deadline = new CancellationTokenSource(within ?? Patience, _time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        var tries = new Tries(method, string.Join(" or ", _addresses), _time);
        for (var attempt = 0; ; attempt++)
        {
            var here = Volatile.Read(ref _here);
            using var request = Request(method, path, body, id, here);
            tries.Begin();
            try
            {
                var response = await _http.SendAsync(request, limit.Token);
                if (response.StatusCode != HttpStatusCode.ServiceUnavailable)
                {
                    return await AcceptedAsync(response, cancellationToken);
                }

                using (response)
                {
                    tries.Unavailable(await ProblemAsync(response, limit.Token));
                }
            }
            catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                tries.Failed(e);
            }

            var isLast = attempt == ((Pauses.Length + 1) * _addresses.Length) - 1;
            if (!isLast)
            {
                await GoOnAsync(here, attempt, limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancellationToken.ThrowIfCancellationRequested();
            }

            if (isLast || deadline.IsCancellationRequested)
            {
                throw tries.GivenUp();
            }
        }
    }

    // The next address at once; a pause when all have been tried.
    private async Task GoOnAsync(int from, int attempt, CancellationToken cancellationToken)
    {
        Leave(from);
        if ((attempt + 1) % _addresses.Length == 0)
        {
            await Task.Delay(Pauses[attempt / _addresses.Length], _time, cancellationToken);
        }
    }

    // Whoever finds an address silent goes over to the next one for all.
    private void Leave(int from) => Interlocked.CompareExchange(ref _here, (from + 1) % _addresses.Length, from);

    private HttpRequestMessage Request(HttpMethod method, string path) => Request(method, path, Volatile.Read(ref _here));

    private HttpRequestMessage Request(HttpMethod method, string path, byte[]? body, string? id, int here)
    {
        var request = Request(method, path, here);
        if (id is not null)
        {
            request.Headers.Add(IdempotencyHeader, id);
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        return request;
    }

    private HttpRequestMessage Request(HttpMethod method, string path, int here)
    {
        var request = new HttpRequestMessage(method, new Uri(_addresses[here], path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _connection.Token);
        return request;
    }

    private async Task<HttpResponseMessage> AcceptedAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Headers.TryGetValues(PositionHeader, out var values)
            && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var position))
        {
            Saw(position);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw new ApiException(response.StatusCode, await ProblemAsync(response, cancellationToken));
        }
    }

    private void Saw(long position)
    {
        for (var seen = Interlocked.Read(ref _position); position > seen;)
        {
            seen = Interlocked.CompareExchange(ref _position, position, seen) is var found && found == seen ? position : found;
        }
    }

    private string Seeing(string path)
        => Position is > 0 and var position
            ? string.Create(CultureInfo.InvariantCulture, $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}position={position}")
            : path;

    private async Task<ProblemInfo> ProblemAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        try
        {
            if (JsonSerializer.Deserialize(text, ApiJson.Wire.ProblemInfo) is { Title: not null } problem)
            {
                return problem;
            }
        }
        catch (JsonException)
        {
            // Not from a node but from something in between: its status has to do.
        }

        var detail = response.StatusCode == HttpStatusCode.Unauthorized
            ? $"{_connection.Address} does not take this token (from {_connection.Source})"
            : $"{_connection.Address} answered {(int)response.StatusCode} {response.ReasonPhrase}";
        return new ProblemInfo(response.ReasonPhrase ?? "error", (int)response.StatusCode, detail, Code: null);
    }
}
