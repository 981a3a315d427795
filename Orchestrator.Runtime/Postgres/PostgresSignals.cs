using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Orchestrator.Runtime;

/// <summary>
/// What nodes tell each other through the database: that events, worker commands, rows of an inbox are there. A notification is sent after the commit, on a session of its own, because the server
/// lets only one transaction at a time commit with one inside; what is lost with a node that stops in between is found by looking, once a second.
/// </summary>
internal sealed partial class PostgresSignals(PostgresSessions sessions, PostgresOptions options, TimeProvider time, ILogger logger) : IJournalNotifications, IAsyncDisposable
{
    private const string Events = "orchestrator_events";
    private const string WorkerCommands = "orchestrator_work";
    private const string Inboxes = "orchestrator_inbox";

    // A database that stays away is not said every second.
    private const int LogEvery = 60;
    private static readonly TimeSpan LongestLook = TimeSpan.FromMilliseconds(50);
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _toSend = new(0, 1);
    private readonly SemaphoreSlim _toSee = new(0, 1);
    private readonly List<Task> _loops = [];
    private readonly SortedSet<int> _sendShards = [];
    private readonly SortedSet<int> _heardShards = [];
    private bool _sendWork;
    private long _sendPosition;
    private bool _heardEvents;
    private bool _heardWork;
    private long _known;
    private long _missed;
    private long _announced;

    /// <inheritdoc/>
    public bool IsShared => !options.Alone;

    /// <inheritdoc/>
    public IJournalListener? Listener { get; set; }

    /// <summary>Done once a second.</summary>
    public required Action Tick { get; init; }

    /// <summary>The highest position that is known to be committed, whether readers may see it yet or not.</summary>
    public long Known => Volatile.Read(ref _known);

    /// <summary>Starts to listen.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var connection = await ListenAsync(cancellationToken);
        _loops.Add(Task.Run(() => RunAsync(connection), CancellationToken.None));
        _loops.Add(Task.Run(LookAsync, CancellationToken.None));
        if (!options.Alone)
        {
            _loops.Add(Task.Run(SendAsync, CancellationToken.None));
        }
    }

    /// <summary>This node has committed something that others should hear of.</summary>
    public void Committed(long position, bool work, IReadOnlyCollection<int> shards)
    {
        Know(position);
        if (options.Alone || (position == 0 && !work && shards.Count == 0))
        {
            return;
        }

        lock (_gate)
        {
            _sendPosition = Math.Max(_sendPosition, position);
            _sendWork |= work;
            _sendShards.UnionWith(shards);
        }

        Wake(_toSend);
    }

    /// <summary>A reader has come to the end at <paramref name="position"/>: if that is before what is known to be committed, an open transaction stands in between, and readers are told when it has ended.</summary>
    public void ReachedEnd(long position, long known)
    {
        if (position < known)
        {
            Volatile.Write(ref _missed, Math.Max(_missed, known));
            Wake(_toSee);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_loops);
    }

    private static void Wake(SemaphoreSlim semaphore)
    {
        try
        {
            semaphore.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody has woken it already.
            return;
        }
    }

    private void Know(long position)
    {
        lock (_gate)
        {
            _known = Math.Max(_known, position);
        }
    }

    private async Task<NpgsqlConnection> ListenAsync(CancellationToken cancellationToken)
    {
        var connection = await sessions.OpenAsync(cancellationToken);
        connection.Notification += (_, e) => Hear(e.Channel, e.Payload);
        await PostgresSessions.RunAsync(connection, $"LISTEN {Events}; LISTEN {WorkerCommands}; LISTEN {Inboxes}", cancellationToken);
        return connection;
    }

    private void Hear(string channel, string payload)
    {
        lock (_gate)
        {
            switch (channel)
            {
                case Events:
                    _heardEvents = true;
                    _known = long.TryParse(payload, NumberStyles.None, CultureInfo.InvariantCulture, out var position) ? Math.Max(_known, position) : _known;
                    break;
                case WorkerCommands:
                    _heardWork = true;
                    break;
                default:
                    _heardShards.Add(int.Parse(payload, CultureInfo.InvariantCulture));
                    break;
            }
        }
    }

    private async Task RunAsync(NpgsqlConnection? connection)
    {
        for (var failures = 0; !_stopping.IsCancellationRequested;)
        {
            try
            {
                // What was committed while nobody listened is looked for first.
                connection ??= await ListenAsync(_stopping.Token);
                await LookForAllAsync();
                failures = 0;
                for (var looked = time.GetTimestamp(); ;)
                {
                    if (await connection.WaitAsync(options.PollEvery, _stopping.Token))
                    {
                        await TellAsync();
                    }

                    if (time.GetElapsedTime(looked) >= options.PollEvery)
                    {
                        looked = time.GetTimestamp();
                        Tick();
                        await LookForAllAsync();
                    }
                }
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e)
            {
                // Whatever it was, also an error of who listens: without this loop the node would hear of nothing any more, and not even look.
                if (failures++ % LogEvery == 0)
                {
                    NotHeard(e);
                }

                await DisposeAsync(connection);
                connection = null;
                var pause = TimeSpan.FromTicks(Math.Min(options.PollEvery.Ticks, options.MinimumBackoff.Ticks << Math.Min(failures, 10)));
                await Task.Delay(pause, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        await DisposeAsync(connection);
    }

    private static ValueTask DisposeAsync(NpgsqlConnection? connection) => connection?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task LookForAllAsync()
    {
        if (options.Alone || Listener is not { } listener)
        {
            return;
        }

        var head = await HeadAsync();
        if (head > _announced)
        {
            _announced = head;
            listener.EventsVisible();
        }

        listener.WorkStored();
        await listener.InboxStoredAsync(shards: null, _stopping.Token);
    }

    private async Task TellAsync()
    {
        bool events, work;
        List<int> shards;
        lock (_gate)
        {
            (events, work, shards) = (_heardEvents, _heardWork, [.. _heardShards]);
            (_heardEvents, _heardWork) = (false, false);
            _heardShards.Clear();
        }

        if (Listener is not { } listener)
        {
            return;
        }

        if (events)
        {
            listener.EventsVisible();
        }

        if (work)
        {
            listener.WorkStored();
        }

        if (shards.Count > 0)
        {
            await listener.InboxStoredAsync(shards, _stopping.Token);
        }
    }

    /// <summary>Waits for transactions to end that stand before what is known to be committed.</summary>
    private async Task LookAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await _toSee.WaitAsync(_stopping.Token);
                for (var pause = TimeSpan.FromMilliseconds(1); await HeadAsync() < Volatile.Read(ref _missed); pause = pause * 2 < LongestLook ? pause * 2 : LongestLook)
                {
                    await Task.Delay(pause, time, _stopping.Token);
                }

                Listener?.EventsVisible();
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                NotHeard(e);
                await Task.Delay(options.PollEvery, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                Wake(_toSee);
            }
        }
    }

    private void NotHeard(Exception e) => NotListening(logger, sessions.Place, e.Message, Unexpected(e));

    // A database that is away is said in a line; what nobody thought of, with all that is known of it.
    private static Exception? Unexpected(Exception e) => PostgresFailure.IsLost(e) || e is PostgresException or StoreUnavailableException ? null : e;

    private async Task<long> HeadAsync()
    {
        await using var connection = await sessions.ReaderAsync(_stopping.Token);
        return await PostgresSessions.ScalarAsync<long>(connection, PostgresJournal.Head, _stopping.Token);
    }

    private async Task SendAsync()
    {
        NpgsqlConnection? connection = null;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await _toSend.WaitAsync(_stopping.Token);
                if (connection is null)
                {
                    connection = await sessions.OpenAsync(_stopping.Token);

                    // A notification has nothing to keep.
                    await PostgresSessions.RunAsync(connection, "SET synchronous_commit = off", _stopping.Token);
                }

                await SendAsync(connection);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e)
            {
                // The others find what they were not told by looking.
                NotSent(logger, sessions.Place, e.Message, Unexpected(e));
                await DisposeAsync(connection);
                connection = null;
            }
        }

        await DisposeAsync(connection);
    }

    private async Task SendAsync(NpgsqlConnection connection)
    {
        List<string> channels = [];
        List<string> payloads = [];
        lock (_gate)
        {
            if (_sendPosition > 0)
            {
                channels.Add(Events);
                payloads.Add(_sendPosition.ToString(CultureInfo.InvariantCulture));
            }

            if (_sendWork)
            {
                channels.Add(WorkerCommands);
                payloads.Add(string.Empty);
            }

            foreach (var shard in _sendShards)
            {
                channels.Add(Inboxes);
                payloads.Add(shard.ToString(CultureInfo.InvariantCulture));
            }

            (_sendPosition, _sendWork) = (0, false);
            _sendShards.Clear();
        }

        await using var command = new NpgsqlCommand("SELECT count(pg_notify(channel, payload)::text) FROM unnest($1, $2) AS n(channel, payload)", connection);
        command.Parameters.AddWithValue(channels);
        command.Parameters.AddWithValue(payloads);
        await command.ExecuteNonQueryAsync(_stopping.Token);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Notifications of the database {Place} are not heard: {Reason}; trying again")]
    private static partial void NotListening(ILogger logger, string place, string reason, Exception? e);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Other nodes could not be told of a commit through the database {Place}: {Reason}; they find it within a second")]
    private static partial void NotSent(ILogger logger, string place, string reason, Exception? e);
}
