using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Identity;
using Orchestrator.Api.Requests;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Security;

/// <summary>Who sends a request: the owner of its bearer token, which is looked up by its hash.</summary>
internal sealed class TokenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> schemeOptions,
    ILoggerFactory loggers,
    UrlEncoder encoder,
    IViews views,
    IActorSystem actors,
    FailedTokens failed) : AuthenticationHandler<AuthenticationSchemeOptions>(schemeOptions, loggers, encoder)
{
    public const string SchemeName = "Bearer";
    public const string ScopeClaim = "scope";
    public const string HashClaim = "token";

    private const int TokenLength = 68;
    private const string AgentPrefix = AgentName.Kind + "/";

    /// <summary>The agent whose token it is, or null.</summary>
    public static AgentName? AgentOf(ClaimsPrincipal user)
        => user.Identity?.Name is { } name && name.StartsWith(AgentPrefix, StringComparison.Ordinal) && AgentName.TryParse(name[AgentPrefix.Length..], out var agent) ? agent : null;

    /// <summary>Whether the token of this hash is valid now.</summary>
    public static async Task<TokenView?> FindAsync(IViews views, IActorSystem actors, string hash, CancellationToken cancellationToken)
        => await views.GetAsync<TokenView>(TokenView.ViewName, hash, cancellationToken) is { } token && token.IsValid(actors.Clock.Now) ? token : null;

    /// <summary>The token that a request carries; empty if it carries none.</summary>
    public static string SecretOf(HttpRequest request)
        => AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header) && string.Equals(header.Scheme, SchemeName, StringComparison.OrdinalIgnoreCase) ? header.Parameter ?? string.Empty : string.Empty;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var secret = SecretOf(Request);
        if (secret.Length == 0)
        {
            return AuthenticateResult.NoResult();
        }

        // What cannot be a token is not looked up.
        var hash = Secret.HashOf(secret);
        if (secret.Length != TokenLength || !secret.StartsWith(Secret.TokenPrefix, StringComparison.Ordinal) || await FindAsync(views, actors, hash, Context.RequestAborted) is not { } token)
        {
            failed.Count(Context.Connection.RemoteIpAddress);
            return AuthenticateResult.Fail("the token is not known, has expired or was revoked");
        }

        var identity = new ClaimsIdentity(
            [new Claim(ClaimTypes.Name, token.Name), new Claim(HashClaim, hash), .. token.Scopes.Select(static scope => new Claim(ScopeClaim, scope))],
            SchemeName);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var result = await HandleAuthenticateOnceSafeAsync();
        if (result.Failure is { } failure && failed.IsOverLimit(Context.Connection.RemoteIpAddress))
        {
            await Problems.WriteAsync(Context, StatusCodes.Status429TooManyRequests, RefusalCodes.Overloaded, $"{failure.Message}; too many such requests, wait a minute");
            return;
        }

        Response.Headers.WWWAuthenticate = SchemeName;
        await Problems.WriteAsync(
            Context,
            StatusCodes.Status401Unauthorized,
            Problems.Unauthorized,
            result.Failure?.Message ?? "send a token: Authorization: Bearer TOKEN. The local one lies in the file cli.token of the node's data folder");
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        var scope = Context.GetEndpoint()?.Metadata.GetMetadata<RequireScopeAttribute>()?.Scope;
        return Problems.WriteAsync(Context, StatusCodes.Status403Forbidden, Problems.Forbidden, (scope, AgentOf(Context.User)) switch
        {
            (null, _) => "this is open to nobody",
            (_, null) => $"this token has not the scope {scope}",
            (_, { } agent) => $"the role of {agent} does not permit this: a person may do it for you (ask one), or add what it takes to orchestrator.roles.ROLE.permissions",
        });
    }
}
