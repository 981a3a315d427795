using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Orchestrator.Actors.Identity;
using Orchestrator.Api.Requests;
using Orchestrator.Api.Security;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Cluster;

/// <summary>A revocation on its way to a lighthouse.</summary>
/// <param name="Node">The node that is revoked.</param>
/// <param name="Reason">Why; may be empty.</param>
/// <param name="Token">The token of who wants it: the lighthouse looks at it itself.</param>
internal sealed record PeerRevocation(string Node, string Reason, string Token);

/// <summary>Revocations for a member that is no lighthouse: they are passed on, with the token of who wants them, to the first lighthouse by name that is up and answers.</summary>
/// <param name="system">Who is a member.</param>
/// <param name="peers">The way to the others.</param>
public sealed class PeerRevocations(ActorSystem system, HttpPeers peers)
{
    internal const string Path = "/cluster/v1/revocations";
    private const int LongestName = 100;

    /// <summary>The most characters of a reason.</summary>
    internal const int LongestReason = 1000;

    /// <summary>Has a lighthouse revoke the node: null, or why it refuses.</summary>
    /// <exception cref="ProblemException">No lighthouse is up, or none can be reached.</exception>
    internal async Task<Refused?> PassOnAsync(PeerRevocation revocation, CancellationToken cancellationToken)
    {
        var otherwise = $"give the address of one (orc --url https://HOST:7718 --ca FILE), or say 'orchestrator-lighthouse revoke {revocation.Node}' on its machine";
        if (revocation.Node == system.Self?.Name)
        {
            return new Refused(RefusalCodes.IllegalState, $"{revocation.Node} is this node, which would not hear the answer: revoke it through another node or a lighthouse");
        }

        var lighthouses = system.Cluster.Members.Where(static row => row.State is MemberState.Up && row.Member.Roles.Contains(ClusterOptions.LighthouseRole, StringComparer.Ordinal)).Select(static row => row.Member).ToList();
        if (lighthouses.Count == 0)
        {
            return new Refused(RefusalCodes.IllegalState, $"only a lighthouse can revoke a node, and none is up: start one, then {otherwise}");
        }

        List<string> why = [];
        foreach (var lighthouse in lighthouses)
        {
            try
            {
                return await peers.RevokeAsync(lighthouse, revocation, cancellationToken);
            }
            catch (Exception e) when (e is PeerUnreachableException or StoreUnavailableException)
            {
                // Another one: what the first may have done is done once however often it is asked for.
                why.Add(e.Message);
            }
        }

        throw new ProblemException(StatusCodes.Status503ServiceUnavailable, Problems.Unavailable, $"only a lighthouse can revoke a node, and none could be asked ({string.Join("; ", why)}): {otherwise}");
    }

    /// <summary>Serves a revocation that another member passes on. It has looked at the token itself; that is not relied on.</summary>
    internal static async Task ServeAsync(HttpContext context, ActorSystem? system, INodeRevocation? revocation)
    {
        if (system is null || revocation is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        try
        {
            var wanted = await JsonSerializer.DeserializeAsync<PeerRevocation>(context.Request.Body, JsonSerializerOptions.Web, context.RequestAborted);
            if (await RevokeAsync(wanted, system, revocation, context.RequestAborted) is { } refused)
            {
                await AnswerAsync(context, StatusCodes.Status409Conflict, refused.Code, refused.Reason);
                return;
            }

            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        catch (JsonException e)
        {
            await AnswerAsync(context, StatusCodes.Status400BadRequest, RefusalCodes.Invalid, e.Message);
        }
        catch (StoreUnavailableException e)
        {
            await AnswerAsync(context, StatusCodes.Status503ServiceUnavailable, PeerErrors.Unavailable, e.Message);
        }
    }

    private static async Task<Refused?> RevokeAsync(PeerRevocation? wanted, ActorSystem system, INodeRevocation revocation, CancellationToken cancellationToken)
    {
        if (wanted is not { Node.Length: > 0 and <= LongestName, Reason.Length: <= LongestReason, Token: not null })
        {
            return new Refused(RefusalCodes.Invalid, $"a revocation names a node and has a token, and a reason of at most {LongestReason} characters");
        }

        return await TokenAuthentication.FindAsync(system.Views, system, Secret.HashOf(wanted.Token), cancellationToken) is { } token && token.Allows(Scopes.ClusterWrite)
            ? await revocation.RevokeAsync(wanted.Node, Commands.SenderNamed(token.Name).Value, wanted.Reason, cancellationToken)
            : new Refused(Problems.Forbidden, $"this token has not the scope {Scopes.ClusterWrite}, or is not valid now");
    }

    private static Task AnswerAsync(HttpContext context, int status, string code, string reason)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new PeerError(code, reason), JsonSerializerOptions.Web, context.RequestAborted);
    }
}
