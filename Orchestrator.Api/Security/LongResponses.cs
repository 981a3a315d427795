using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Security;

/// <summary>Responses that go on until their reader has enough: event streams and recordings. They end with the token that opened them, and with this node.</summary>
internal sealed class LongResponses(IViews views, IActorSystem actors, IOptions<ApiOptions> options, IHostApplicationLifetime lifetime)
{
    /// <summary>Serves one for as long as its reader stays, its token is valid, which is looked at every <see cref="ApiOptions.TokenRecheck"/>, and this node does not stop.</summary>
    public async Task ServeAsync(HttpContext context, Func<CancellationToken, Task> serve)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        var watching = WatchAsync(context.User.FindFirst(TokenAuthentication.HashClaim)!.Value, ended);
        try
        {
            await serve(ended.Token);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // That is how such a response ends.
        }
        finally
        {
            await ended.CancelAsync();
            await watching;
        }
    }

    private async Task WatchAsync(string hash, CancellationTokenSource ended)
    {
        try
        {
            do
            {
                await Task.Delay(options.Value.TokenRecheck, ended.Token);
            }
            while (await TokenAuthentication.FindAsync(views, actors, hash, ended.Token) is not null);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            return;
        }
        finally
        {
            await ended.CancelAsync();
        }
    }
}
