using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Orchestrator.Api.Requests;

namespace Orchestrator.Api.Security;

/// <summary>
/// Refuses requests that a foreign web page has a browser send: the Host must be one of ours (else a name that was pointed at this machine would do), and an Origin, where
/// there is one, must be ours too. Also sets what every answer carries, and the limit of bodies.
/// </summary>
internal sealed class HostAndOrigin(RequestDelegate next, IOptions<ApiOptions> options)
{
    private static readonly string[] Loopback = ["localhost", "127.0.0.1", "[::1]"];

    public async Task InvokeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";

        var host = context.Request.Host.Host;
        if (!Loopback.Contains(host, StringComparer.OrdinalIgnoreCase) && !options.Value.AllowedHosts.Contains(host, StringComparer.OrdinalIgnoreCase))
        {
            await Problems.WriteAsync(context, StatusCodes.Status421MisdirectedRequest, "host-not-allowed", "this host name is not served; names beside the loopback ones are configured");
            return;
        }

        if (context.Request.Headers.TryGetValue("Origin", out var origin) && !IsOurs(origin.ToString(), context.Request))
        {
            await Problems.WriteAsync(context, StatusCodes.Status403Forbidden, "origin-not-allowed", "pages of this origin may not use the API; origins are configured");
            return;
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = options.Value.MaximumBodyBytes;
        }

        await next(context);
    }

    private bool IsOurs(string origin, HttpRequest request)
        => string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.Ordinal) || options.Value.AllowedOrigins.Contains(origin, StringComparer.Ordinal);
}
