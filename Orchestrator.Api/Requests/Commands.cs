using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Requests;

/// <summary>Asks entities for requests, and waits until the views show what came of it.</summary>
internal sealed class Commands(IActorSystem actors, IViews views, IOptions<ApiOptions> options)
{
    /// <summary>The time of the store.</summary>
    public DateTimeOffset Now => actors.Clock.Now;

    /// <summary>The id of the command that the request is.</summary>
    public CommandId IdOf(HttpRequest request) => CommandIds.Given(request) ?? new CommandId(Ulid.New(Now));

    /// <summary>Asks, and names the position in the answer's header.</summary>
    /// <exception cref="ProblemException">The entity refuses.</exception>
    public async Task<Answer> AskAsync(HttpContext context, EntityId to, Command command, CommandId id)
    {
        var answer = await AskAnywayAsync(context, to, command, id);
        return answer.Reply is Refused refused ? throw ProblemException.Of(refused) : answer;
    }

    /// <summary>Asks; a refusal is an answer.</summary>
    public async Task<Answer> AskAnywayAsync(HttpContext context, EntityId to, Command command, CommandId id)
    {
        var answer = await actors.AskAsync(to, command, id, SenderOf(context), context.RequestAborted);
        if (answer.Position.Value > 0)
        {
            context.Response.Headers[OrchestratorClient.PositionHeader] = answer.Position.Value.ToString(CultureInfo.InvariantCulture);
        }

        return answer;
    }

    /// <summary>Tells an entity something that is not the request itself; when this returns it is stored.</summary>
    public Task TellAsync(HttpContext context, EntityId to, Command command)
        => actors.TellAsync(to, command, new CommandId(Ulid.New(Now)), SenderOf(context), context.RequestAborted);

    /// <summary>Waits until the views have seen <paramref name="position"/>, for as long as the settings allow.</summary>
    /// <exception cref="ProblemException">They have not.</exception>
    public async Task SeenAsync(JournalPosition position, CancellationToken cancellationToken)
    {
        if (position.Value == 0)
        {
            return;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Value.PositionWait);
        try
        {
            await views.WaitForAsync(position, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ProblemException(
                StatusCodes.Status503ServiceUnavailable,
                Problems.Unavailable,
                string.Create(CultureInfo.InvariantCulture, $"the views have not seen position {position.Value} yet; what was written is stored: repeat the request, with the same {OrchestratorClient.IdempotencyHeader} if it was a write"));
        }
    }

    /// <summary>Waits for the position that a read asks for in <c>?position=</c>.</summary>
    public Task SeenAsync(HttpContext context)
        => SeenAsync(new JournalPosition(context.Request.Number("position", 0, 0, long.MaxValue)), context.RequestAborted);

    /// <summary>Who sends this request, as the token says.</summary>
    public static Sender SenderOf(HttpContext context)
        => SenderNamed(context.User.Identity?.Name ?? throw new InvalidOperationException("a request without a user has reached an entity"));

    /// <summary>The owner of a token as a sender.</summary>
    public static Sender SenderNamed(string name) => new($"client:{name}");
}
