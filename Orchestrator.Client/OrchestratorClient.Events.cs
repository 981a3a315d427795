using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Orchestrator.Client;

public sealed partial class OrchestratorClient
{
    // The server sends a comment every 15 s: three of them missing means that the connection is dead.
    private static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Events as they commit, in order, each once; until cancelled. A broken connection is made again where it broke off, for ever (pauses of 0.1 to 5 s), so a restart of the node is not noticed.
    /// </summary>
    /// <param name="after">Only events after this position; from now on if null.</param>
    /// <param name="entity">Only those of this entity, <c>kind/id</c>.</param>
    /// <param name="kind">Only those of entities of this kind.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <exception cref="ApiException">The node refuses the stream.</exception>
    public async IAsyncEnumerable<EventInfo> FollowEventsAsync(long? after = null, string? entity = null, string? kind = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var position = after;
        var pause = Pauses[0];
        while (true)
        {
            var here = Volatile.Read(ref _here);
            await using var events = ConnectAsync(position, entity, kind, here, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (await NextAsync(events, cancellationToken))
            {
                pause = Pauses[0];
                position = events.Current.Position;
                if (events.Current.Event is { } e)
                {
                    yield return e;
                }
            }

            Leave(here);
            await Task.Delay(pause, _time, cancellationToken);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
        }
    }

    // False: the connection ended or broke and is to be made again.
    private static async Task<bool> NextAsync(IAsyncEnumerator<(long Position, EventInfo? Event)> events, CancellationToken cancellationToken)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
        catch (ApiException e) when ((int)e.Status >= 500)
        {
            return false;
        }
    }

    private async IAsyncEnumerable<(long Position, EventInfo? Event)> ConnectAsync(long? after, string? entity, string? kind, int here, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(SilenceLimit);
        using var request = Request(HttpMethod.Get, Query($"{Root}/events", ("entity", entity), ("kind", kind)), here);
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (after is { } position)
        {
            request.Headers.Add("Last-Event-ID", position.ToString(CultureInfo.InvariantCulture));
        }

        using var response = await AcceptedAsync(await _http.SendAsync(request, silence.Token), silence.Token);
        if (after is null && response.Headers.TryGetValues(PositionHeader, out var from))
        {
            // Where "from now" began, so that a connection that breaks before the first event goes on there.
            yield return (long.Parse(from.First(), NumberStyles.None, CultureInfo.InvariantCulture), Event: null);
        }

        await using var content = new WatchedStream(await response.Content.ReadAsStreamAsync(silence.Token), () => silence.CancelAfter(SilenceLimit));
        await foreach (var e in ServerSentEvents.ReadAsync(content, silence.Token))
        {
            var info = JsonSerializer.Deserialize(e.Data, ApiJson.Wire.EventInfo) ?? throw new JsonException("an event is empty");
            yield return (info.Position, info);
        }
    }
}
