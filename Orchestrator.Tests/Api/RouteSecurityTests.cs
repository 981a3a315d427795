using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Actors.Identity;
using Orchestrator.Api.Security;

namespace Orchestrator.Tests.Api;

/// <summary>Every route against every kind of token.</summary>
public sealed class RouteSecurityTests : IAsyncLifetime
{
    private ApiNode _node = null!;

    public async Task InitializeAsync() => _node = await ApiNode.StartAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public void Only_the_live_check_and_the_set_up_are_open_and_every_other_route_demands_a_scope()
    {
        var open = Routes().Where(static r => r.Metadata.GetMetadata<IAllowAnonymous>() is not null).Select(static r => r.RoutePattern.RawText).Order(StringComparer.Ordinal);
        Assert.Equal(["/api/v1/setup", "/health/live"], open);
        Assert.All(Guarded(), static r => Assert.Single(r.Metadata.GetOrderedMetadata<RequireScopeAttribute>()));
        Assert.True(Guarded().Count() >= 28, $"{Guarded().Count()} routes");
    }

    [Fact]
    public async Task Every_route_refuses_no_token_a_wrong_a_revoked_and_an_expired_one()
    {
        var revoked = await _node.IssueAsync("gone", Scopes.Admin);
        await _node.RevokeAsync(revoked);
        var expired = await _node.IssueAsync("old", [Scopes.Admin], DateTimeOffset.UnixEpoch);
        foreach (var route in Guarded())
        {
            foreach (var token in new[] { null, "nonsense", Secret.NewToken(), revoked, expired })
            {
                var (status, code) = await CallAsync(route, token);
                Assert.True(status == HttpStatusCode.Unauthorized || (status == HttpStatusCode.TooManyRequests && token is not null), $"{route.RoutePattern.RawText} answered {status} to {token}");
                Assert.Contains(code, new[] { "unauthorized", "overloaded" });
            }
        }
    }

    [Fact]
    public async Task Every_route_refuses_a_token_with_all_scopes_but_its_own()
    {
        foreach (var route in Guarded())
        {
            if (route.Metadata.GetMetadata<RequireScopeAttribute>()!.Scope is not { } scope)
            {
                continue;
            }

            var token = await _node.IssueAsync("almost", [.. Scopes.All.Remove(Scopes.Admin).Remove(scope)], expiresAt: null);
            var (status, code) = await CallAsync(route, token);
            Assert.True(status == HttpStatusCode.Forbidden, $"{route.RoutePattern.RawText} answered {status}");
            Assert.Equal("forbidden", code);
        }
    }

    [Fact]
    public async Task Every_route_lets_a_token_with_just_its_scope_in()
    {
        foreach (var route in Guarded())
        {
            var token = await _node.IssueAsync("fits", route.Metadata.GetMetadata<RequireScopeAttribute>()!.Scope ?? Scopes.MessagesWrite);
            var (status, _) = await CallAsync(route, token);
            Assert.True(status is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden), $"{route.RoutePattern.RawText} answered {status}");
            Assert.True((int)status < 500, $"{route.RoutePattern.RawText} answered {status}");
        }
    }

    [Fact]
    public async Task The_OpenAPI_document_names_every_route()
    {
        using var http = _node.Http(_node.AdminToken);
        using var document = JsonDocument.Parse(await http.GetStringAsync("/openapi/v1.json"));
        var paths = document.RootElement.GetProperty("paths").EnumerateObject().Select(static p => p.Name).ToHashSet(StringComparer.Ordinal);
        Assert.All(
            Routes().Select(static r => r.RoutePattern.RawText!.Replace(":long", string.Empty, StringComparison.Ordinal).TrimEnd('/')).Where(static p => p != "/mcp" && !p.StartsWith("/openapi", StringComparison.Ordinal)),
            path => Assert.Contains(path, paths));
        Assert.Contains("\"AgentInfo\"", document.RootElement.GetProperty("components").GetProperty("schemas").ToString(), StringComparison.Ordinal);
    }

    private IEnumerable<RouteEndpoint> Routes() => _node.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    private IEnumerable<RouteEndpoint> Guarded() => Routes().Where(static r => r.Metadata.GetMetadata<IAllowAnonymous>() is null);

    private async Task<(HttpStatusCode Status, string? Code)> CallAsync(RouteEndpoint route, string? token)
    {
        using var http = _node.Http();
        var path = route.RoutePattern.RawText!.Replace("{name}", "nobody", StringComparison.Ordinal).Replace("{id:long}", "999", StringComparison.Ordinal).Replace("{id}", "none", StringComparison.Ordinal).Replace("{documentName}", "v1", StringComparison.Ordinal);
        using var request = new HttpRequestMessage(new HttpMethod(route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0]), path);
        if (request.Method != HttpMethod.Get)
        {
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        }

        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (response.Content.Headers.ContentType?.MediaType != "application/problem+json")
        {
            return (response.StatusCode, null);
        }

        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return (response.StatusCode, problem.RootElement.GetProperty("code").GetString());
    }
}
