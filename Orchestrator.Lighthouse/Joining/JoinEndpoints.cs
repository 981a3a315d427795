using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

using Orchestrator.Actors.Identity;
using Orchestrator.Api;
using Orchestrator.Api.Cluster;
using Orchestrator.Client;
using Orchestrator.Lighthouse.Authorities;
using Orchestrator.Lighthouse.Certificates;
using Orchestrator.Lighthouse.Hosting;
using Orchestrator.Runtime;

namespace Orchestrator.Lighthouse.Joining;

/// <summary>What a lighthouse serves: its root certificate, and the way into the cluster.</summary>
internal static partial class JoinEndpoints
{
    public const string RateLimit = "join";

    private const string Operator = "operator";
    private const double LongestSeconds = 30 * 86_400.0;

    /// <summary>Whether the process lives: for a lighthouse without the API, which says so too.</summary>
    public static void MapLive(this IEndpointRouteBuilder routes) => routes.MapGet("/health/live", static () => TypedResults.Json(new HealthInfo("ok"), JoinJson.Default.HealthInfo));

    public static void MapJoining(this IEndpointRouteBuilder routes)
    {
        // Each of these looks itself at who asks.
        var open = routes.MapGroup(string.Empty).AllowAnonymous().ExcludeFromDescription();
        open.MapGet("/api/v1/ca", static (AuthorityKeeper keeper) => TypedResults.Json(new AuthorityInfo(keeper.Authority.CertificatePem, keeper.Authority.Fingerprint), JoinJson.Default.AuthorityInfo));
        open.MapPost("/api/v1/join", JoinAsync).RequireRateLimiting(RateLimit);
        open.MapPost("/api/v1/renew", RenewAsync).RequireRateLimiting(RateLimit);
        open.MapPost("/api/v1/join-tokens", IssueTokenAsync);
        open.MapPost("/api/v1/revocations", RevokeAsync);
    }

    // The token is looked at first, so that nobody without one has anything parsed; it is used up last, so that a slip does not cost it; and a certificate leaves only once
    // the history has it.
    private static async Task<IResult> JoinAsync(HttpContext context, AuthorityKeeper keeper, IAuthorityStore store, TimeProvider time, Settings.LighthouseSettings settings)
    {
        if (await BodyAsync(context, JoinJson.Default.JoinRequest) is not { } request)
        {
            return Problem(StatusCodes.Status400BadRequest, RefusalCodes.Invalid, "send JSON with token, node and csr");
        }

        var token = Secret.HashOf(request.Token);
        if (await store.MayJoinAsync(token, request.Node, context.RequestAborted) is { } refused)
        {
            return Problem(refused);
        }

        if (!NodeName().IsMatch(request.Node) || keeper.ServerNames.Append("lighthouse").Contains(request.Node, StringComparer.OrdinalIgnoreCase))
        {
            return Problem(StatusCodes.Status400BadRequest, RefusalCodes.Invalid, "a node's name has 1 to 40 lower-case letters, digits and dashes, begins with a letter or digit, and is none of the lighthouse's own");
        }

        return await IssuedAsync(request.Csr, request.Node, keeper, time, settings, issued => store.AdmitAsync(token, request.Node, issued, context.RequestAborted));
    }

    // The certificate that is shown proves who asks; it may be an older one of the node, if the answer to its last renewal was lost.
    private static async Task<IResult> RenewAsync(HttpContext context, AuthorityKeeper keeper, IAuthorityStore store, TimeProvider time, Settings.LighthouseSettings settings)
    {
        if (context.Connection.ClientCertificate is not { } shown || PeerCertificates.NameOf(shown, keeper.Authority.Root, asServer: false) is not { } node)
        {
            return Problem(StatusCodes.Status401Unauthorized, JoinTokenBehavior.NotAllowed, "show a certificate of this authority that is valid now; without one a node joins, with a token of orchestrator-lighthouse join-token --node NAME");
        }

        return await BodyAsync(context, JoinJson.Default.RenewRequest) is { } request
            ? await IssuedAsync(request.Csr, node, keeper, time, settings, async issued => new Admission(await store.RenewAsync(node, shown.SerialNumber, issued, context.RequestAborted)))
            : Problem(StatusCodes.Status400BadRequest, RefusalCodes.Invalid, "send JSON with csr");
    }

    private static async Task<IResult> IssuedAsync(string csr, string node, AuthorityKeeper keeper, TimeProvider time, Settings.LighthouseSettings settings, Func<NodeCertificate, Task<Admission>> record)
    {
        PublicKey key;
        try
        {
            key = CertificateAuthority.ReadRequest(csr);
        }
        catch (CertificateRequestException e)
        {
            return Problem(StatusCodes.Status400BadRequest, RefusalCodes.Invalid, e.Message);
        }

        using var certificate = keeper.Authority.IssueToNode(node, key, time.GetUtcNow(), settings.CertificateValidity);
        var issued = new NodeCertificate(certificate.SerialNumber, CertificateAuthority.FingerprintOf(certificate), CertificateAuthority.EndOf(certificate));
        var admission = await record(issued);
        return admission.Refused is { } refused
            ? Problem(refused)
            : TypedResults.Json(new JoinInfo(certificate.ExportCertificatePem(), keeper.Authority.CertificatePem, issued.NotAfter, admission.Database), JoinJson.Default.JoinInfo);
    }

    private static async Task<IResult> RevokeAsync(HttpContext context, IAuthorityStore store, OperatorToken token)
    {
        if (!IsOperator(context, token))
        {
            return Problem(StatusCodes.Status401Unauthorized, JoinTokenBehavior.NotAllowed, "only the operator of this machine revokes here: orchestrator-lighthouse revoke NODE");
        }

        if (await BodyAsync(context, JoinJson.Default.RevokeRequest) is not { Reason.Length: <= 1000 } request || !NodeName().IsMatch(request.Node))
        {
            return Problem(StatusCodes.Status400BadRequest, RefusalCodes.Invalid, "send JSON with node, its name, and reason, at most 1000 characters");
        }

        var revoked = context.RequestServices.GetService<INodeRevocation>() is { } cluster
            ? await cluster.RevokeAsync(request.Node, Operator, request.Reason, context.RequestAborted)
            : await store.RevokeAsync(request.Node, Operator, request.Reason, context.RequestAborted);
        return revoked is { } refused
            ? Problem(refused)
            : TypedResults.NoContent();
    }

    private static async Task<IResult> IssueTokenAsync(HttpContext context, AuthorityKeeper keeper, IAuthorityStore store, OperatorToken token)
    {
        if (!IsOperator(context, token))
        {
            return Problem(StatusCodes.Status401Unauthorized, JoinTokenBehavior.NotAllowed, "only the operator of this machine makes join tokens: orchestrator-lighthouse join-token");
        }

        if (await BodyAsync(context, JoinJson.Default.JoinTokenRequest) is not { ValidSeconds: > 0 and <= LongestSeconds } request || (request.Node is { } node && !NodeName().IsMatch(node)))
        {
            return Problem(StatusCodes.Status400BadRequest, RefusalCodes.Invalid, "a join token is valid for more than 0 seconds and at most 30 days; a node's name has lower-case letters, digits and dashes");
        }

        var secret = JoinToken.Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var expires = await store.IssueTokenAsync(Secret.HashOf(secret), TimeSpan.FromSeconds(request.ValidSeconds), request.Node, context.RequestAborted);
        return TypedResults.Json(new JoinTokenInfo(secret, expires, $"https://{context.Request.Host}", keeper.Authority.Fingerprint), JoinJson.Default.JoinTokenInfo);
    }

    private static bool IsOperator(HttpContext context, OperatorToken token)
        => AuthenticationHeaderValue.TryParse(context.Request.Headers.Authorization, out var header) && header.Scheme == "Bearer" && token.Is(header.Parameter);

    private static async Task<T?> BodyAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return context.Request.HasJsonContentType() ? await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted) : null;
        }
        catch (Exception e) when (e is JsonException or BadHttpRequestException or InvalidOperationException)
        {
            // The answer says what was expected.
            return null;
        }
    }

    private static IResult Problem(Refused refused) => Problem(
        refused.Code switch
        {
            JoinTokenBehavior.NotAllowed => StatusCodes.Status401Unauthorized,
            RefusalCodes.NotFound => StatusCodes.Status404NotFound,
            RefusalCodes.Overloaded => StatusCodes.Status429TooManyRequests,
            _ => StatusCodes.Status409Conflict,
        },
        refused.Code,
        refused.Reason);

    /// <summary>Problem details (RFC 9457).</summary>
    public static IResult Problem(int status, string code, string detail)
        => TypedResults.Json(new ProblemInfo(string.Create(CultureInfo.InvariantCulture, $"Refused ({status})"), status, detail, code), JoinJson.Default.ProblemInfo, "application/problem+json", status);

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9-]{0,39}\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NodeName();
}
