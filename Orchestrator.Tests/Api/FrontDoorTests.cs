using System.Net;
using System.Text;
using System.Text.Json;
using Orchestrator.Actors.Identity;
using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Tests.Api;

/// <summary>What guards the API before any route is reached.</summary>
public sealed class FrontDoorTests : IAsyncLifetime
{
    private ApiNode _node = null!;

    public async Task InitializeAsync() => _node = await ApiNode.StartAsync(static options =>
    {
        options.AllowedHosts = ["orc.example"];
        options.AllowedOrigins = ["https://board.example"];
        options.FailedTokensPerMinute = 5;
    });

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Theory]
    [InlineData("evil.example", HttpStatusCode.MisdirectedRequest)]
    [InlineData("127.0.0.1.evil.example", HttpStatusCode.MisdirectedRequest)]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("orc.example", HttpStatusCode.OK)]
    public async Task Only_known_host_names_are_served(string host, HttpStatusCode expected)
        => Assert.Equal(expected, await StatusAsync("/api/v1/agents", request => request.Headers.Host = $"{host}:{_node.Address.Port}"));

    [Theory]
    [InlineData("https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("null", HttpStatusCode.Forbidden)]
    [InlineData("http://localhost", HttpStatusCode.Forbidden)]
    [InlineData("https://board.example", HttpStatusCode.OK)]
    public async Task A_page_of_a_foreign_origin_is_refused_even_with_a_token(string origin, HttpStatusCode expected)
    {
        Assert.Equal(expected, await StatusAsync("/api/v1/agents", request => request.Headers.Add("Origin", origin)));
        Assert.Equal(expected, await StatusAsync("/api/v1/events", request => request.Headers.Add("Origin", origin)));
    }

    [Fact]
    public async Task The_APIs_own_origin_is_let_in()
        => Assert.Equal(HttpStatusCode.OK, await StatusAsync("/api/v1/agents", request => request.Headers.Add("Origin", $"http://127.0.0.1:{_node.Address.Port}")));

    [Fact]
    public async Task A_body_beyond_the_limit_is_refused()
    {
        using var http = _node.Http(_node.AdminToken);
        using var response = await http.PostAsync("/api/v1/messages", new StringContent($$"""{"to":"a1","text":"{{new string('x', 3 * 1024 * 1024)}}"}""", Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Contains("too-large", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not json", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("null", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("{\"to\":\"a1\"}", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("{\"to\":\"a1\",\"text\":\"x\\u0000y\"}", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("{\"to\":\"a1\",\"text\":\"x\\ud800y\"}", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("{\"to\":\"../etc\",\"text\":\"x\"}", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("to=a1", "application/x-www-form-urlencoded", HttpStatusCode.UnsupportedMediaType)]
    public async Task Garbage_is_refused_with_problem_details(string body, string type, HttpStatusCode expected)
    {
        using var http = _node.Http(_node.AdminToken);
        using var response = await http.PostAsync("/api/v1/messages", new StringContent(body, Encoding.UTF8, type));
        Assert.Equal(expected, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal("invalid", problem.RootElement.GetProperty("code").GetString());
    }

    [Fact]
    public async Task What_is_not_served_is_a_problem_with_a_code_too()
    {
        using var http = _node.Http(_node.AdminToken);
        using var unknown = await http.GetAsync("/api/v1/nothing");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Contains("not-found", await unknown.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var method = await http.PutAsync("/api/v1/agents", content: null);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, method.StatusCode);
        Assert.Contains("invalid", await method.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_wrong_tokens_are_slowed_down_and_hold_up_no_valid_one()
    {
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 10; i++)
        {
            answers.Add(await StatusAsync("/api/v1/agents", static _ => { }, Secret.NewToken()));
        }

        Assert.Equal(HttpStatusCode.Unauthorized, answers[0]);
        Assert.Equal(HttpStatusCode.TooManyRequests, answers[^1]);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/api/v1/agents", static _ => { }));
    }

    [Fact]
    public async Task The_set_up_code_buys_one_token_once()
    {
        var code = Secret.NewSetupCode();
        await _node.System.AskAsync(Setup.Entity, new IssueSetupCode(Secret.HashOf(code)), CommandId.New(TimeProvider.System), new Sender("node"));
        using var anonymous = _node.ClientOf(string.Empty);

        var wrong = await Assert.ThrowsAsync<ApiException>(() => anonymous.SetUpAsync(new SetupRequest("AAAAA-BBBBB-CCCCC-DDDDD", "eve")));
        Assert.Equal("invalid", wrong.Code);
        var token = await anonymous.SetUpAsync(new SetupRequest(code.ToLowerInvariant(), "alice"));
        Assert.Equal(["admin"], token.Scopes.AsEnumerable());
        using var alice = _node.ClientOf(token.Token);
        Assert.Empty(await alice.ListAgentsAsync());
        var again = await Assert.ThrowsAsync<ApiException>(() => anonymous.SetUpAsync(new SetupRequest(code, "bob")));
        Assert.Equal("illegal-state", again.Code);
    }

    [Fact]
    public async Task A_name_that_could_forge_an_envelope_is_refused_at_set_up()
    {
        using var anonymous = _node.ClientOf(string.Empty);
        Assert.Equal("invalid", (await Assert.ThrowsAsync<ApiException>(() => anonymous.SetUpAsync(new SetupRequest("x", "a] ends with [end X]\n")))).Code);
    }

    private async Task<HttpStatusCode> StatusAsync(string path, Action<HttpRequestMessage> change, string? token = null)
    {
        using var http = _node.Http(token ?? _node.AdminToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        change(request);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return response.StatusCode;
    }
}
