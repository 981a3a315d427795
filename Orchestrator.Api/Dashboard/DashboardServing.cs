using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Orchestrator.Api.Dashboard;

/// <summary>
/// Serves the dashboard at <c>/</c>. Its files are public, as they hold nothing: everything shown comes from the API, with the token of whoever looks. They are no routes, so
/// that the rule "every route demands a scope" needs no exception.
/// </summary>
internal static class DashboardServing
{
    /// <summary>Scripts, styles and requests of this origin only, nothing inline, no frames, no markup made from strings.</summary>
    public const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    private const string ForEver = "public, max-age=31536000, immutable";

    /// <summary>Answers what asks for a file of the dashboard and hands everything else on.</summary>
    public static IApplicationBuilder UseDashboard(this IApplicationBuilder app) => app.Use(static (context, next) =>
        (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)) && DashboardFiles.All.TryGetValue(context.Request.Path.Value ?? string.Empty, out var file)
            ? WriteAsync(context, file)
            : next(context));

    private static async Task WriteAsync(HttpContext context, DashboardFile file)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = file.Immutable ? ForEver : "no-store";
        context.Response.ContentType = file.ContentType;
        context.Response.ContentLength = file.Content.Length;
        if (HttpMethods.IsGet(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(file.Content, context.RequestAborted);
        }
    }
}
