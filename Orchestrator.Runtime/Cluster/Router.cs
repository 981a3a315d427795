namespace Orchestrator.Runtime;

/// <summary>
/// Any node takes any message: what is for an entity of this node goes to it, what is for another's goes there. While a shard changes hands the caller waits, and asks again with the same
/// id, under which the reply is stored: so nothing is done twice.
/// </summary>
internal sealed class Router(Ingress ingress, EntityHost host, ClusterMember cluster, ClusterOptions options, TimeProvider time)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);

    public Task<Answer> AskAsync(EntityId to, Command command, CommandId id, Sender sender, CancellationToken cancellationToken)
        => RouteAsync(to, () => ingress.AskAsync(to, command, id, sender), (owner, limit) => options.Peers.AskAsync(owner, to, command, id, sender, limit), cancellationToken);

    public Task<Reply> QueryAsync(EntityId to, Query query, CancellationToken cancellationToken)
        => RouteAsync(to, () => ingress.QueryAsync(to, query), (owner, limit) => options.Peers.QueryAsync(owner, to, query, limit), cancellationToken);

    private async Task<T> RouteAsync<T>(EntityId to, Func<Task<T>> here, Func<Member, CancellationToken, Task<T>> there, CancellationToken cancellationToken)
    {
        var shard = to.Shard;
        var began = time.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, host.Stopping);
        limit.CancelAfter(options.RouteTimeout);
        for (var attempt = 0; ; attempt++)
        {
            var changed = cluster.Changed.Next;
            Exception? why = null;
            try
            {
                if (host.Shards.Accepts(shard))
                {
                    return await here().WaitAsync(limit.Token);
                }

                if (cluster.Table.OwnerOf(shard) is { } owner && !cluster.IsSelf(owner.Member))
                {
                    return await there(owner.Member, limit.Token);
                }
            }
            catch (Exception e) when (e is NotOwnerException or PeerUnreachableException or FencedException)
            {
                why = e;
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
            {
                throw GivenUp(to, began, e);
            }

            await Task.WhenAny(changed, Task.Delay(Pause(attempt), CancellationToken.None));
            cancellationToken.ThrowIfCancellationRequested();
            if (limit.IsCancellationRequested)
            {
                throw GivenUp(to, began, why);
            }
        }
    }

    private StoreUnavailableException GivenUp(EntityId to, long began, Exception? why)
        => new($"the owner of {to} was not reached in {time.GetElapsedTime(began).TotalSeconds:0.#} s: {why?.Message ?? "its shard has no owner now"}; ask again with the same id", why);

    private static TimeSpan Pause(int attempt) => TimeSpan.FromMilliseconds(Math.Min(LongestPause.TotalMilliseconds, 10 * Math.Pow(2, Math.Min(attempt, 10))));
}
