using System.Net;
using System.Text.RegularExpressions;
using Orchestrator.Tests.Api;

namespace Orchestrator.Tests.Dashboard;

/// <summary>How the built page is served.</summary>
public sealed partial class ServingTests : IAsyncLifetime
{
    private ApiNode _node = null!;

    public async Task InitializeAsync() => _node = await ApiNode.StartAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task The_page_is_public_strict_and_never_kept()
    {
        using var http = _node.Http();
        using var page = await http.GetAsync("/");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
        Assert.Equal("no-store", Header(page, "Cache-Control"));
        var policy = Header(page, "Content-Security-Policy");
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.All(["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"], rule => Assert.Contains(rule, policy, StringComparison.Ordinal));
        Assert.Equal(("nosniff", "no-referrer"), (Header(page, "X-Content-Type-Options"), Header(page, "Referrer-Policy")));
    }

    [Fact]
    public async Task Everything_the_page_names_is_served_from_here_and_may_be_kept_for_ever()
    {
        using var http = _node.Http();
        var html = await http.GetStringAsync("/");
        Assert.DoesNotContain("://", html, StringComparison.Ordinal);
        var paths = References().Matches(html).Select(static m => m.Groups["path"].Value).ToList();
        Assert.Equal(3, paths.Count);
        foreach (var path in paths)
        {
            using var asset = await http.GetAsync(path);
            Assert.True(asset.IsSuccessStatusCode, $"{path}: {asset.StatusCode}");
            Assert.Equal("public, max-age=31536000, immutable", string.Join(", ", Header(asset, "Cache-Control").Split(", ").OrderBy(static part => part switch { "public" => 0, "immutable" => 2, _ => 1 })));
            Assert.Equal("nosniff", Header(asset, "X-Content-Type-Options"));
            Assert.Contains("frame-ancestors 'none'", Header(asset, "Content-Security-Policy"), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/SOURCES.sha256")]
    [InlineData("/index.html")]
    [InlineData("/assets/../SOURCES.sha256")]
    [InlineData("/assets/")]
    [InlineData("/api/v1/agents")]
    public async Task Nothing_else_is_given_without_a_token(string path)
    {
        using var http = _node.Http();
        using var answer = await http.GetAsync(path);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task The_page_is_for_known_host_names_only_and_takes_no_writes()
    {
        using var http = _node.Http();
        using var foreign = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { Host = "evil.example" } };
        using var refused = await http.SendAsync(foreign);
        Assert.Equal(HttpStatusCode.MisdirectedRequest, refused.StatusCode);
        using var write = await http.PostAsync("/", content: null);
        Assert.Equal(HttpStatusCode.Unauthorized, write.StatusCode);
        using var head = await http.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/"));
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.True(head.Content.Headers.ContentLength > 0);
    }

    private static string Header(HttpResponseMessage response, string name) => Assert.Single(response.Headers.GetValues(name));

    [GeneratedRegex("(?:src|href)=\"(?<path>[^\"]+)\"", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex References();
}
