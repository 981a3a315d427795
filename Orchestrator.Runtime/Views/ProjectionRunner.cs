using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Runtime;

/// <summary>Runs one projection, without the type of its rows.</summary>
internal abstract class ProjectionRunner
{
    public abstract string Name { get; }

    /// <summary>The last event that its rows show.</summary>
    public JournalPosition Position { get; protected set; }

    /// <summary>Why it stands still; null while it runs.</summary>
    public string? Failure { get; protected set; }

    public abstract Task RunAsync();
}

/// <inheritdoc/>
internal sealed partial class ProjectionRunner<TView>(Projection<TView> projection, EventLog log, EntityHost host, ViewProgress progress) : ProjectionRunner
    where TView : class
{
    private const int PageSize = 500;

    /// <summary>After how many events that change no row the offset is stored all the same.</summary>
    private const int LongestSilence = 10_000;

    /// <summary>How long a runner of another node may stand still before this one takes over.</summary>
    private static readonly TimeSpan TakeOverAfter = TimeSpan.FromSeconds(2);

    /// <summary>How often other nodes are told, by the stored offset, of events that change no row, and how often they look.</summary>
    private static readonly TimeSpan TellEvery = TimeSpan.FromMilliseconds(50);

    /// <summary>How long events are gathered after a step, unless somebody waits for the view: a row that changes several times within a moment is written once.</summary>
    private static readonly TimeSpan GatherFor = TimeSpan.FromMilliseconds(20);

    private ProjectionOffset _stored = ProjectionOffset.None;
    private long _passed;
    private long _moved;
    private bool _following;
    private bool _reset;

    public override string Name => projection.Name;

    public override async Task RunAsync()
    {
        var opened = false;
        for (var failures = 0; !host.Stopping.IsCancellationRequested;)
        {
            try
            {
                if (!opened)
                {
                    await OpenAsync();
                    opened = true;
                }

                await StepAsync();
                (failures, Failure) = (0, null);
            }
            catch (OperationCanceledException) when (host.Stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                Failure = e.Message;
                progress.Move();
                Stopped(host.Logger, Name, Position.Value, e);
                await Task.Delay(Backoff.After(host.Options, failures++), host.Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task OpenAsync()
    {
        var offset = await host.Journal.ReadOffsetAsync(Name, host.Stopping);
        _stored = offset ?? ProjectionOffset.None;
        _passed = 0;
        _reset = false;

        // While nodes of two versions run side by side the newer one keeps the view.
        _following = host.IsShared && _stored.Version > projection.Version;
        if (_following || _stored.Version == projection.Version)
        {
            MoveTo(new JournalPosition(_stored.Position));
            return;
        }

        _reset = true;
        if (offset is not null)
        {
            Rebuilding(host.Logger, Name, projection.Version);
        }
    }

    private async Task StepAsync()
    {
        if (_following)
        {
            await FollowAsync();
            return;
        }

        var committed = log.Committed;
        var page = _reset ? [] : await log.ReadNextAsync(Position, PageSize, host.Stopping);
        if (page.Count == 0 && !_reset)
        {
            await WaitAsync(committed);
            return;
        }

        var changes = await FoldAsync(page);
        var position = page.Count > 0 ? page[^1].Position : Position;
        _passed += page.Count;
        if (_reset || changes.Count > 0 || _passed >= LongestSilence)
        {
            await StoreAsync(position, changes);
        }
        else
        {
            MoveTo(position);
        }

        if (page.Count < PageSize)
        {
            await progress.GatherAsync(GatherFor, host.Stopping);
        }
    }

    private async Task StoreAsync(JournalPosition position, IReadOnlyList<ViewChange> changes)
    {
        var offset = new ProjectionOffset(projection.Version, position.Value);
        var write = new ViewWrite(Name, offset, _reset, changes) { Expected = host.IsShared ? _stored : null };
        (await host.Writer.SubmitAsync(write)).Require();
        if (write.Applied)
        {
            RuntimeTelemetry.Shown(Name, changes.Count);
            (_reset, _stored, _passed) = (false, offset, 0);
            MoveTo(position);
            return;
        }

        // A runner of another node was there first: the view is its as long as it goes on.
        await OpenAsync();
        _following = true;
        _moved = Stopwatch.GetTimestamp();
    }

    private async Task WaitAsync(Task committed)
    {
        if (!host.IsShared || Position.Value == _stored.Position)
        {
            await committed.WaitAsync(host.Stopping);
            return;
        }

        // Runners of other nodes know only what is stored: they hear of events that change no row too.
        if (await Task.WhenAny(committed, Task.Delay(TellEvery, host.Stopping)) != committed)
        {
            host.Stopping.ThrowIfCancellationRequested();
            await StoreAsync(Position, []);
        }
    }

    /// <summary>Shows what a runner of another node has done, and takes over where it no longer does anything.</summary>
    private async Task FollowAsync()
    {
        var committed = log.Committed;
        var offset = await host.Journal.ReadOffsetAsync(Name, host.Stopping) ?? ProjectionOffset.None;
        if (offset != _stored)
        {
            (_stored, _moved) = (offset, Stopwatch.GetTimestamp());
            MoveTo(new JournalPosition(offset.Position));
        }

        var behind = offset.Version < projection.Version || (await host.Journal.ReadHeadAsync(host.Stopping)).Value > offset.Position;
        if (!behind)
        {
            await committed.WaitAsync(host.Stopping);
            _moved = Stopwatch.GetTimestamp();
        }
        else if (offset.Version <= projection.Version && Stopwatch.GetElapsedTime(_moved) > TakeOverAfter)
        {
            await OpenAsync();
            return;
        }

        await Task.Delay(TellEvery, host.Stopping);
    }

    // Always with the signal: on a cluster that is idle nothing else wakes who waits for just this runner.
    private void MoveTo(JournalPosition position)
    {
        Position = position;
        progress.Move();
    }

    private async Task<List<ViewChange>> FoldAsync(IReadOnlyList<EventEnvelope> page)
    {
        var touched = new List<(EventEnvelope Event, List<string> Keys)>();
        foreach (var e in page.Where(e => projection.Kinds is not { } kinds || kinds.Contains(e.Entity.Kind, StringComparer.Ordinal)))
        {
            if (e.Event is null)
            {
                throw new UnknownManifestException(e.Manifest);
            }

            var keys = projection.KeysOf(e).ToList();
            if (keys.Count > 0)
            {
                touched.Add((e, keys));
            }
        }

        if (touched.Count == 0)
        {
            return [];
        }

        var rows = new Dictionary<string, (TView? Value, long Position)>(StringComparer.Ordinal);
        var all = touched.SelectMany(static pair => pair.Keys).Distinct(StringComparer.Ordinal).ToList();
        foreach (var row in await host.Journal.ReadViewAsync(Name, all, host.Stopping))
        {
            rows[row.Key] = (JsonSerializer.Deserialize<TView>(row.Value, PayloadJson.Options), 0);
        }

        foreach (var (e, keys) in touched)
        {
            foreach (var key in keys)
            {
                rows[key] = (projection.Fold(key, rows.GetValueOrDefault(key).Value, e), e.Position.Value);
            }
        }

        return [.. rows.Select(row => row.Value.Value is { } value
            ? new ViewChange(row.Key, projection.PartitionOf(row.Key, value), JsonSerializer.SerializeToUtf8Bytes(value, PayloadJson.Options), row.Value.Position)
            : new ViewChange(row.Key, string.Empty, Value: null, row.Value.Position))];
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The view {View} stands still after position {Position}; all others go on")]
    private static partial void Stopped(ILogger logger, string view, long position, Exception e);

    [LoggerMessage(Level = LogLevel.Information, Message = "The view {View} is built anew as version {Version}")]
    private static partial void Rebuilding(ILogger logger, string view, int version);
}
