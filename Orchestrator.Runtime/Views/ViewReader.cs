using System.Text.Json;

namespace Orchestrator.Runtime;

/// <summary>Reads the views.</summary>
internal sealed class ViewReader(IJournal journal, IReadOnlyList<ProjectionRunner> runners, ViewProgress progress) : IViews
{
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
            for (var next = progress.Moved; !Reached(position); next = progress.Moved)
            {
                await next.WaitAsync(cancellationToken);
            }
        }
        finally
        {
            progress.Unwant();
        }
    }

    private bool Reached(JournalPosition position) => runners.All(runner => runner.Position.Value >= position.Value || runner.Failure is not null);

    private static TView Read<TView>(StoredView row) => JsonSerializer.Deserialize<TView>(row.Value, PayloadJson.Options)!;

    private string Known(string view) => runners.Any(runner => string.Equals(runner.Name, view, StringComparison.Ordinal))
        ? view
        : throw new ArgumentException($"there is no view {view}: known are {string.Join(", ", runners.Select(static runner => runner.Name).Order(StringComparer.Ordinal))}", nameof(view));
}
