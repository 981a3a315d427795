using Microsoft.Extensions.Logging;

namespace Orchestrator.Runtime;

/// <summary>Fires reminders: sleeps until the next one is due by the store's time.</summary>
internal sealed partial class ReminderScheduler(EntityHost host, TimeProvider time)
{
    private const int PageSize = 200;
    private static readonly TimeSpan LongestSleep = TimeSpan.FromHours(1);
    private readonly Signal _sooner = new();
    private long _next = long.MaxValue;

    /// <summary>A reminder has been set.</summary>
    public void NoteSet(DateTimeOffset due)
    {
        if (due.UtcTicks < Volatile.Read(ref _next))
        {
            _sooner.Raise();
        }
    }

    /// <summary>Shards have been taken: their reminders are to be looked at.</summary>
    public void NoteTaken() => _sooner.Raise();

    public async Task RunAsync()
    {
        for (var failures = 0; !host.Stopping.IsCancellationRequested;)
        {
            try
            {
                await FireOrSleepAsync();
                failures = 0;
            }
            catch (OperationCanceledException) when (host.Stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Whatever it was: without this loop no reminder of this node would ever fire again.
                CannotFire(host.Logger, e);
                await Task.Delay(Backoff.After(host.Options, failures++), host.Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task FireOrSleepAsync()
    {
        var sooner = _sooner.Next;
        Volatile.Write(ref _next, long.MaxValue);
        var reminders = await host.Journal.ReadRemindersAsync(PageSize, host.Stopping);
        var now = host.Clock.Now;
        var due = reminders.TakeWhile(reminder => reminder.Due <= now).ToList();
        if (due.Count > 0)
        {
            foreach (var outcome in await Task.WhenAll(due.Select(reminder => host.Writer.SubmitAsync(new ReminderFiring(reminder)))))
            {
                outcome.Require();
            }

            return;
        }

        var sleep = LongestSleep;
        if (reminders is [var first, ..])
        {
            Volatile.Write(ref _next, first.Due.UtcTicks);
            sleep = TimeSpan.FromMilliseconds(Math.Min(Math.Ceiling((first.Due - now).TotalMilliseconds), LongestSleep.TotalMilliseconds));
        }

        using var woken = CancellationTokenSource.CreateLinkedTokenSource(host.Stopping);
        await Task.WhenAny(sooner, Task.Delay(sleep, time, woken.Token));
        await woken.CancelAsync();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reminders cannot be fired now; trying again")]
    private static partial void CannotFire(ILogger logger, Exception e);
}
