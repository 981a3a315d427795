using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Actors.Identity;
using Orchestrator.Api.Requests;
using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Security;

/// <summary>The first set-up: the one-time code for the first administrator's token.</summary>
internal static partial class SetupEndpoint
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(10);
    private static readonly Sender Anonymous = new("client:setup");

    public static void MapSetup(this IEndpointRouteBuilder routes) => routes
        .MapPost("/api/v1/setup", CompleteAsync)
        .AllowAnonymous()
        .Accepts<SetupRequest>("application/json")
        .Produces<TokenInfo>()
        .WithName("completeSetup")
        .WithSummary("Exchange the one-time set-up code for the first administrator's token.");

    private static async Task<IResult> CompleteAsync(HttpContext context, IActorSystem actors, IViews views, Commands commands)
    {
        var request = await context.Request.BodyAsync(ApiJson.Wire.SetupRequest, context.RequestAborted);
        if (!Name().IsMatch(request.Name))
        {
            throw ProblemException.Invalid("a name has 1 to 40 letters, digits and . _ @ -");
        }

        var token = Secret.NewToken();
        var hash = Secret.HashOf(token);
        var answer = await actors.AskAsync(
            Setup.Entity,
            new CompleteSetup(Secret.HashOf(request.Code.Trim().ToUpperInvariant()), hash, request.Name),
            commands.IdOf(context.Request),
            Anonymous,
            context.RequestAborted);
        if (answer.Reply is Refused refused)
        {
            throw ProblemException.Of(refused);
        }

        if (answer.Repeated)
        {
            throw new ProblemException(StatusCodes.Status409Conflict, RefusalCodes.IllegalState, "this request was answered before, and a token is shown once only: use the node's own, in the file cli.token of its data folder");
        }

        await UsableAsync(actors, views, hash, context.RequestAborted);
        return TypedResults.Json(new TokenInfo(token, request.Name, [Scopes.Admin]), ApiJson.Wire.TokenInfo);
    }

    // The token is an entity of its own: the answer waits until it can be used, but not for ever, for it is given once only.
    private static async Task UsableAsync(IActorSystem actors, IViews views, string hash, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            while (await TokenAuthentication.FindAsync(views, actors, hash, limit.Token) is null)
            {
                await Task.Delay(Between, limit.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // It will be usable soon.
        }
    }

    [GeneratedRegex(@"\A[A-Za-z0-9._@-]{1,40}\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();
}
