using System.Net;
using System.Net.Sockets;
using Microsoft.Playwright;
using Orchestrator.Actors.Identity;
using Orchestrator.Client;
using Orchestrator.Tests.Node.Support;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Dashboard;

/// <summary>The page in a real browser, on a real node with a demo agent in a real pane.</summary>
public sealed class BrowserTests
{
    [Fact]
    public async Task Somebody_signs_in_sees_an_agent_get_ready_sends_it_a_message_and_sees_it_confirmed()
    {
        await using var node = await NodeUnderTest.StartAsync();
        await using var browser = await Browser.StartAsync();
        var page = browser.Page;
        await page.GotoAsync(Address(node));
        await browser.PictureAsync("sign-in");
        await browser.SignInAsync(Token(node));
        await browser.ShowsAsync(".empty", "bin/orc spawn a1 --profile demo --wait");
        await browser.ShowsAsync("[data-connection=live]", "live");
        await browser.PictureAsync("no-agents");

        await node.Client.SpawnAsync(new SpawnRequest { Name = "a1", Profile = "demo", Folder = node.Work, Role = "qa" });
        await node.Client.SpawnAsync(new SpawnRequest { Name = "a2", Profile = "demo", Folder = node.Work, DisplayName = "<b>Änne</b>" });
        await browser.ShowsAsync("tr[data-agent=a1] .chip", "idle");
        await browser.ShowsAsync("tr[data-agent=a1]", "qa");
        await browser.ShowsAsync("tr[data-agent=a2] .chip", "idle");
        await browser.ShowsAsync("tr[data-agent=a2]", "<b>Änne</b>");

        await page.FocusAsync("tr[data-agent=a1] a");
        await page.Keyboard.PressAsync("Enter");
        await browser.ShowsAsync(".panel h1", "a1");
        await page.FillAsync("#message", "seen through the page <script>");
        await page.Keyboard.PressAsync("Control+Enter");
        await browser.ShowsAsync(".track li.done", "confirmed");
        await browser.ShowsAsync(".messages li", "seen through the page <script>");
        await browser.ShowsAsync(".messages .chip[data-state=confirmed]", "confirmed");
        await browser.ShowsAsync("pre.screen", "seen through the page <script>");
        await browser.ShowsAsync("tr[data-agent=a1] .chip", "idle");
        await browser.PictureAsync("agent-light");
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
        await browser.PictureAsync("agent-dark");
        await page.SetViewportSizeAsync(390, 844);
        await browser.PictureAsync("agent-narrow");
        await page.Keyboard.PressAsync("Escape");
        await browser.ShowsAsync("tr[data-agent=a1]", "demo");
        Assert.Equal(0, await page.Locator(".panel").CountAsync());
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "a narrow page needs no scrolling sideways");
        await browser.PictureAsync("agents-narrow");
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task A_wrong_token_is_told_and_not_kept_and_signing_out_forgets_the_right_one()
    {
        await using var node = await NodeUnderTest.StartAsync();
        await using var browser = await Browser.StartAsync(ColorScheme.Dark);
        await browser.Page.GotoAsync(Address(node));
        await browser.SignInAsync(Secret.NewToken());
        await browser.ShowsAsync("#sign-in-error", "This token is not valid");
        await browser.PictureAsync("wrong-token");
        Assert.Equal(0, await KeptAsync(browser));

        await browser.SignInAsync(Token(node));
        await browser.ShowsAsync("[data-connection=live]", "live");
        await browser.Page.ReloadAsync();
        await browser.ShowsAsync("[data-connection=live]", "live");
        await browser.Page.ClickAsync("header button");
        await browser.ShowsAsync("form.sign-in", "Sign in");
        Assert.Equal(0, await KeptAsync(browser));
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task A_node_that_goes_away_and_comes_back_is_told_and_what_happened_meanwhile_is_seen()
    {
        await using var node = await NodeUnderTest.StartAsync("--port", FreePort().ToString());
        await using var browser = await Browser.StartAsync();
        await node.Client.SpawnAsync(new SpawnRequest { Name = "a1", Profile = "demo", Folder = node.Work });
        await node.AgentIs("a1", static a => a.State == "idle", "is idle");
        await browser.Page.GotoAsync(Address(node));
        await browser.SignInAsync(Token(node));
        await browser.ShowsAsync("tr[data-agent=a1] .chip", "idle");

        await node.KillAsync();
        await browser.ShowsAsync(".notice", "The node is away");
        await browser.ShowsAsync("tr[data-agent=a1] .chip", "idle");
        await browser.PictureAsync("away");
        await node.StartAgainAsync();
        await node.Client.SpawnAsync(new SpawnRequest { Name = "b1", Profile = "demo", Folder = node.Work });
        await browser.ShowsAsync("tr[data-agent=b1] .chip", "idle");
        await browser.ShowsAsync("[data-connection=live]", "live");
        await Eventually.True(async () => !await browser.Page.Locator(".notice").IsVisibleAsync(), "the notice is gone");
    }

    // It has to come back where the page looks for it.
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Address(NodeUnderTest node) => NodeLocator.ReadNode(node.Data)!.Address;

    private static string Token(NodeUnderTest node) => File.ReadAllText(Path.Combine(node.Data, NodeLocator.TokenFile)).Trim();

    private static Task<int> KeptAsync(Browser browser) => browser.Page.EvaluateAsync<int>("sessionStorage.length + localStorage.length + document.cookie.length");
}
