using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Runtime;

/// <summary>Reads the views.</summary>
internal sealed partial class ViewReader(IJournal journal, IReadOnlyList<ProjectionRunner> runners, ViewProgress progress, TimeProvider time, ILogger logger) : IViews
{
    // Longer than whoever serves a request waits: so it is said only for those who cannot go on without, above all a node that starts.
    private static readonly TimeSpan SayEvery = TimeSpan.FromSeconds(10);

    public async Task<TView?> GetAsync<TView>(string view, string key, CancellationToken cancellationToken = default)
        where TView : class
        => await journal.ReadViewAsync(Known(view), [key], cancellationToken) is [var row] ? Read<TView>(row) : null;

    public async Task<IReadOnlyList<ViewRow<TView>>> ListAsync<TView>(string view, string? partition = null, string? afterKey = null, int limit = 1000, bool descending = false, CancellationToken cancellationToken = default)
        where TView : class
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 10_000);
        var rows = await journal.ListViewAsync(new ViewQuery(Known(view), partition, afterKey, limit, descending), cancellationToken);
        return [.. rows.Select(static row => new ViewRow<TView>(row.Key, row.Partition, Read<TView>(row)))];
    }

    public async Task WaitForAsync(JournalPosition position, CancellationToken cancellationToken = default)
    {
        if (Reached(position))
        {
            return;
        }

        progress.Want();
        try
        {
            var said = 1;
            var began = time.GetTimestamp();
            for (var next = progress.Moved; !Reached(position); next = progress.Moved)
            {
                await next.WaitAsync(SayEvery, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancellationToken.ThrowIfCancellationRequested();
                if (time.GetElapsedTime(began) is var elapsed && elapsed >= SayEvery * said && !Reached(position))
                {
                    said = (int)(elapsed / SayEvery) + 1;
                    Waiting(logger, (int)elapsed.TotalSeconds, position.Value, string.Join(", ", runners.Where(runner => !Reached(runner, position)).Select(static runner => $"{runner.Name} is at {runner.Position.Value}")));
                }
            }
        }
        finally
        {
            progress.Unwant();
        }
    }

    private bool Reached(JournalPosition position) => runners.All(runner => Reached(runner, position));

    private static bool Reached(ProjectionRunner runner, JournalPosition position) => runner.Position.Value >= position.Value || runner.Failure is not null;

    private static TView Read<TView>(StoredView row) => JsonSerializer.Deserialize<TView>(row.Value, PayloadJson.Options)!;

    private string Known(string view) => runners.Any(runner => string.Equals(runner.Name, view, StringComparison.Ordinal))
        ? view
        : throw new ArgumentException($"there is no view {view}: known are {string.Join(", ", runners.Select(static runner => runner.Name).Order(StringComparer.Ordinal))}", nameof(view));

    [LoggerMessage(Level = LogLevel.Warning, Message = "For {Seconds} s it is waited until the views show position {Position}: {Behind}. A view that is built anew takes its time, and readers stop before a transaction that is open anywhere on the database server")]
    private static partial void Waiting(ILogger logger, int seconds, long position, string behind);
}
