using System.Threading.Channels;

namespace Orchestrator.Client;

public sealed partial class OrchestratorClient
{
    // Events wake a wait; this is the net beneath them.
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(3);

    /// <summary>Waits until <paramref name="until"/> holds for an agent, through restarts of the node. Ends by cancellation.</summary>
    /// <exception cref="ApiException">There is no such agent, or the node refuses.</exception>
    public Task<AgentInfo> WaitForAgentAsync(string name, Func<AgentInfo, bool> until, CancellationToken cancellationToken)
        => WatchAsync($"agent/{name}", token => GetAgentAsync(name, token), static agent => agent.Position, until, cancellationToken);

    /// <summary>Waits until <paramref name="until"/> holds for a message of an agent, through restarts of the node. Ends by cancellation.</summary>
    /// <exception cref="ApiException">There is no such message, or the node refuses.</exception>
    public Task<MessageInfo> WaitForMessageAsync(MessageInfo message, Func<MessageInfo, bool> until, CancellationToken cancellationToken)
        => until(message)
            ? Task.FromResult(message)
            : WatchAsync($"agent/{message.To}", token => GetMessageAsync(message.Id, token), static m => m.Position, until, cancellationToken);

    private async Task<T> WatchAsync<T>(string entity, Func<CancellationToken, Task<T>> read, Func<T, long> positionOf, Func<T, bool> until, CancellationToken cancellationToken)
        where T : class
    {
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var news = Channel.CreateBounded<long>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        Task? following = null;
        try
        {
            while (true)
            {
                var value = await TryReadAsync(read, cancellationToken);
                if (value is not null && until(value))
                {
                    return value;
                }

                // The stream begins where the first read ended, so nothing falls between the two.
                if (value is not null)
                {
                    following ??= FollowAsync(entity, positionOf(value), news.Writer, watching.Token);
                }

                if (following is { IsFaulted: true })
                {
                    await following;
                }

                await NewsAsync(news.Reader, cancellationToken);
            }
        }
        finally
        {
            await watching.CancelAsync();
            if (following is not null)
            {
                await following.ContinueWith(static t => t.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
        }
    }

    // Null: the node is being started again. The wait goes on; its caller has the time-out.
    private static async Task<T?> TryReadAsync<T>(Func<CancellationToken, Task<T>> read, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await read(cancellationToken);
        }
        catch (NodeUnreachableException)
        {
            return null;
        }
        catch (ApiException e) when ((int)e.Status >= 500)
        {
            return null;
        }
    }

    private static async Task NewsAsync(ChannelReader<long> news, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LookAgain);
        try
        {
            await news.ReadAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Nothing heard for a while: look anyway.
        }
    }

    private async Task FollowAsync(string entity, long after, ChannelWriter<long> news, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var e in FollowEventsAsync(after, entity, kind: null, cancellationToken))
            {
                Saw(e.Position);
                news.TryWrite(e.Position);
            }
        }
        catch (ApiException e) when (e.Status == System.Net.HttpStatusCode.Forbidden)
        {
            // A token that may not follow events may still wait: by looking now and then.
        }
    }
}
