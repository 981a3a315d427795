using System.Text.Json;
using Orchestrator.Actors.Identity;
using Orchestrator.Client;
using Orchestrator.Tests.Api;

namespace Orchestrator.Tests.Dashboard;

/// <summary>The page with tokens that may do little, or nothing any more.</summary>
public sealed class TokenTests : IAsyncLifetime
{
    private ApiNode _node = null!;

    public async Task InitializeAsync() => _node = await ApiNode.StartAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task With_a_token_that_may_not_follow_events_the_page_says_so_and_looks_now_and_then()
    {
        var token = await _node.IssueAsync("reader", Scopes.AgentsRead, Scopes.MessagesRead);
        await using var browser = await Browser.StartAsync();
        await browser.Page.GotoAsync(_node.Address.ToString());
        await browser.SignInAsync(token);
        await browser.ShowsAsync(".notice", "system:read");
        await _node.SpawnReadyAsync("a1");
        await browser.ShowsAsync("tr[data-agent=a1] .chip", "idle");
        await browser.Page.ClickAsync("tr[data-agent=a1] a");
        await browser.Page.FillAsync("#message", "may I?");
        await browser.Page.ClickAsync(".send button");
        await browser.ShowsAsync("#send-status.error", "messages:write");
        Assert.Equal("may I?", await browser.Page.InputValueAsync("#message"));
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task A_token_that_is_revoked_while_the_page_is_open_signs_it_out()
    {
        var token = await _node.IssueAsync("guest", Scopes.Admin);
        await using var browser = await Browser.StartAsync();
        await browser.Page.GotoAsync(_node.Address.ToString());
        await browser.SignInAsync(token);
        await browser.ShowsAsync("[data-connection=live]", "live");
        await _node.RevokeAsync(token);
        await browser.ShowsAsync("#sign-in-error", "You were signed out");
        Assert.Equal(0, await browser.Page.EvaluateAsync<int>("sessionStorage.length"));
    }

    [Fact]
    public async Task The_last_messages_can_be_read_without_the_first()
    {
        await _node.SpawnReadyAsync("a1");
        var sent = new List<string>();
        foreach (var text in new[] { "one", "two", "three" })
        {
            sent.Add((await _node.Client.SendMessageAsync(new SendRequest { To = "a1", Text = text })).Id);
        }

        using var http = _node.Http(_node.AdminToken);
        using var list = JsonDocument.Parse(await http.GetStringAsync("/api/v1/messages?agent=a1&newest=true&limit=2"));
        Assert.Equal(sent.OrderDescending(StringComparer.Ordinal).Take(2), list.RootElement.EnumerateArray().Select(static m => m.GetProperty("id").GetString()!));
    }
}
