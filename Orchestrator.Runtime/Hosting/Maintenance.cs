using Microsoft.Extensions.Logging;

namespace Orchestrator.Runtime;

/// <summary>What is looked after from time to time: idle entities, the disk, the clock, old command ids, the beat.</summary>
internal sealed partial class Maintenance(EntityHost host, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BeatEvery = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PurgeEvery = TimeSpan.FromHours(1);
    private readonly Guid _incarnation = Guid.NewGuid();
    private volatile string? _diskAlarm;
    private TimeSpan _drift;
    private DateTimeOffset _nextBeat;
    private DateTimeOffset _nextPurge;

    /// <summary>Why the disk allows no more commands; null if it does.</summary>
    public string? DiskAlarm => _diskAlarm;

    /// <summary>How far this machine's clock has moved away from the store's time.</summary>
    public TimeSpan Drift => time.GetUtcNow() - host.Clock.Now;

    /// <summary>How much disk is free, in bytes; tests say otherwise.</summary>
    public Func<string, long> FreeDisk { get; set; } = static folder => new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;

    public async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
            {
                await LookAfterAsync();
            }
            while (await timer.WaitForNextTickAsync(host.Stopping));
        }
        catch (OperationCanceledException) when (host.Stopping.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task LookAfterAsync()
    {
        try
        {
            Check();
            host.Passivate(host.Clock.Now);
            await WriteAsync();
        }
        catch (Exception e)
        {
            // Whatever it was, for example a disk that cannot be looked at: it is looked after again at the next round.
            NotLookedAfter(host.Logger, e);
        }
    }

    /// <summary>Looks at disk and clock.</summary>
    public void Check()
    {
        CheckDisk();
        var drift = Drift;
        if ((drift - _drift).Duration() > TimeSpan.FromSeconds(1))
        {
            ClockJumped(host.Logger, drift - _drift);
        }

        _drift = drift;
    }

    private void CheckDisk()
    {
        if (host.Options.MinimumFreeDisk <= 0)
        {
            return;
        }

        var alarm = FreeDisk(host.Options.DataFolder) is var free && free < host.Options.MinimumFreeDisk
            ? $"the disk of {host.Options.DataFolder} has {free / 1_000_000} MB left, less than the {host.Options.MinimumFreeDisk / 1_000_000} MB that are kept free: nothing is taken until there is room"
            : null;
        if (alarm is not null && _diskAlarm is null)
        {
            DiskLow(host.Logger, alarm);
        }

        _diskAlarm = alarm;
    }

    private async Task WriteAsync()
    {
        var now = host.Clock.Now;
        if (host.Shards.IsAll && now >= _nextBeat)
        {
            _nextBeat = now + BeatEvery;
            await BeatAsync();
        }

        if (now >= _nextPurge)
        {
            // An hour more than the window: what has just been let in may still be on its way.
            _nextPurge = now + PurgeEvery;
            await WriteAsync(new ProcessedPurge(now - host.Options.DedupeWindow - PurgeEvery));
        }
    }

    /// <summary>Writes one beat of this node; false if the store did not confirm it.</summary>
    public Task<bool> BeatAsync() => WriteAsync(new BeatWrite(host.Options.Node, host.Options.Address, _incarnation));

    private async Task<bool> WriteAsync(JournalWrite write)
    {
        var outcome = await host.Writer.SubmitAsync(write);
        if (!outcome.IsCommitted)
        {
            NotWritten(host.Logger, write.GetType().Name, outcome.Error);
        }

        return outcome.IsCommitted;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "This machine's clock has jumped by {Jump}; the store's time goes on as before")]
    private static partial void ClockJumped(ILogger logger, TimeSpan jump);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Alarm}")]
    private static partial void DiskLow(ILogger logger, string alarm);

    [LoggerMessage(Level = LogLevel.Error, Message = "What is looked after once a second failed this time")]
    private static partial void NotLookedAfter(ILogger logger, Exception e);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A {Write} was not stored; it is tried again later")]
    private static partial void NotWritten(ILogger logger, string write, Exception? e);
}
