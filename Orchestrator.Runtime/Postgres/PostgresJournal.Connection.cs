using System.Data;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Orchestrator.Runtime;

/// <content>The connection that writes: opened with all that makes it safe to write on, lost, and opened anew.</content>
public sealed partial class PostgresJournal
{
    /// <summary>The connection that writes; opened anew, after a pause that grows, where it was lost.</summary>
    private async ValueTask<NpgsqlConnection> WriterAsync(CancellationToken cancellationToken)
    {
        if (_writer is { FullState: ConnectionState.Open } writer)
        {
            if (writer.State is ConnectionState.Open)
            {
                return writer;
            }

            // It was ended while nothing was under way: whoever marks this node down does that.
            await LoseWriterAsync();
        }

        await DropWriterAsync();

        if (_failures > 0 && _time.GetTimestamp() < _retryAt)
        {
            throw new StoreUnavailableException($"the database {Place} cannot be reached: {_health.Reason}");
        }

        try
        {
            await ConnectAsync(cancellationToken);
            _failures = 0;
            _health = new JournalHealth(JournalState.Open);
            Reconnected(Place);
            return _writer!;
        }
        catch (JournalRefusedException e)
        {
            throw await BreakAsync(e);
        }
        catch (Exception e) when (PostgresFailure.IsLost(e) || e is PostgresException)
        {
            await DropWriterAsync();
            var pause = TimeSpan.FromTicks(Math.Min(_options.MaximumBackoff.Ticks, _options.MinimumBackoff.Ticks << Math.Min(_failures++, 20)));
            _retryAt = _time.GetTimestamp() + (long)(pause.TotalSeconds * _time.TimestampFrequency);
            throw Unavailable(e);
        }
    }

    private async Task ConnectAnewAsync(CancellationToken cancellationToken)
    {
        await DropWriterAsync();
        await ConnectAsync(cancellationToken);
    }

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        _writer = await _sessions.OpenAsync(cancellationToken);
        _backend = _writer.ProcessID;
        await EndLostBackendAsync(_writer, cancellationToken);
        await PostgresChecks.ServerAsync(_sessions, _writer, cancellationToken);
        if (_seen is null)
        {
            await PostgresChecks.DirectAsync(_sessions, _writer, cancellationToken);
            await PostgresSchema.UpgradeAsync(_writer, cancellationToken);
        }

        var now = await PostgresChecks.LookAsync(_writer, cancellationToken);
        PostgresChecks.Compare(_sessions, now, _seen ?? SeenDatabase.Read(_options.SeenFile), _options.SeenFile);
        _seen = now;
        RememberSeen();
        await SampleAsync(_writer, cancellationToken);
        await EnterAsync(_writer, cancellationToken);

        // Tables may be small when a statement is planned and large when it runs: what writes always goes by an index.
        await PostgresSessions.RunAsync(_writer, "SET enable_seqscan = off; SET enable_mergejoin = off", cancellationToken);
    }

    /// <summary>A backend whose client is gone may still be about to commit: it is ended before anybody asks what it has done.</summary>
    private async Task EndLostBackendAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (_lostBackend == 0)
        {
            return;
        }

        // Asked for first and then ended: in one statement the server may end backends before it looks which they are.
        await using var find = new NpgsqlCommand("SELECT count(*) FROM pg_stat_activity WHERE pid = $1 AND application_name = $2", connection);
        find.Parameters.AddWithValue(_lostBackend);
        find.Parameters.AddWithValue(_sessions.ApplicationName);
        if ((long)(await find.ExecuteScalarAsync(cancellationToken))! > 0)
        {
            await using var end = new NpgsqlCommand("SELECT pg_terminate_backend($1, 5000)", connection);
            end.Parameters.AddWithValue(_lostBackend);
            if (!(bool)(await end.ExecuteScalarAsync(cancellationToken))!)
            {
                throw new TimeoutException($"the backend {_lostBackend} of the connection that was lost does not end");
            }
        }

        _lostBackend = 0;
    }

    private async Task SampleAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var sent = _time.GetTimestamp();
        var now = await PostgresSessions.ScalarAsync<DateTime>(connection, "SELECT clock_timestamp()", cancellationToken);
        _clock.Sample(new DateTimeOffset(now), sent);
    }

    private async ValueTask LoseWriterAsync()
    {
        _lostBackend = _writer is null ? _lostBackend : _backend;
        await DropWriterAsync();
    }

    private async ValueTask DropWriterAsync()
    {
        if (_writer is { } writer)
        {
            _writer = null;
            await writer.DisposeAsync();
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The database {Place} is reached again")]
    private partial void Reconnected(string place);
}
