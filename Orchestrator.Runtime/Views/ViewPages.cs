using System.Runtime.CompilerServices;

namespace Orchestrator.Runtime;

/// <summary>Reads whole views, however long, a page at a time.</summary>
public static class ViewPages
{
    private const int Page = 500;

    /// <summary>All rows of <paramref name="view"/> in the order of their keys, read as far as they are asked for. What changes meanwhile is seen as it is when its page is read.</summary>
    /// <param name="views">The views.</param>
    /// <param name="view">The view.</param>
    /// <param name="partition">Only this partition, if given.</param>
    /// <param name="afterKey">Where to begin, if given: after this key.</param>
    /// <param name="descending">Greatest keys first; <paramref name="afterKey"/> then is an upper bound.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    public static async IAsyncEnumerable<ViewRow<TView>> AllAsync<TView>(this IViews views, string view, string? partition = null, string? afterKey = null, bool descending = false, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        where TView : class
    {
        ArgumentNullException.ThrowIfNull(views);
        IReadOnlyList<ViewRow<TView>> rows;
        do
        {
            rows = await views.ListAsync<TView>(view, partition, afterKey, Page, descending, cancellationToken);
            foreach (var row in rows)
            {
                yield return row;
                afterKey = row.Key;
            }
        }
        while (rows.Count == Page);
    }
}
