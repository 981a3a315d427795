using Orchestrator.Client;
using Orchestrator.Tests.Node.Support;

namespace Orchestrator.Tests.Dashboard;

/// <summary>A dialog on the page: seen, and answered by its buttons.</summary>
public sealed class DialogTests
{
    [Fact]
    public async Task A_dialog_is_shown_with_a_button_for_each_option_and_is_gone_when_one_was_chosen()
    {
        await using var node = await NodeUnderTest.StartAsync();
        await using var browser = await Browser.StartAsync();
        await node.Client.SpawnAsync(new SpawnRequest { Name = "a1", Profile = "demo", Folder = node.Work });
        await node.AgentIs("a1", static a => a.Activity == "ready", "is ready");
        await browser.Page.GotoAsync(NodeLocator.ReadNode(node.Data)!.Address + "/#/agents/a1");
        await browser.SignInAsync((await File.ReadAllTextAsync(Path.Combine(node.Data, NodeLocator.TokenFile))).Trim());
        await browser.ShowsAsync(".panel h1", "a1");

        await node.Client.SendMessageAsync(new SendRequest { Id = MessageId.New(TimeProvider.System), To = "a1", Text = "ask me" });
        await browser.ShowsAsync(".dialog h2", "Allow this?");
        await browser.ShowsAsync(".dialog button.reject", "no");
        await browser.PictureAsync("dialog");
        await browser.Page.ClickAsync(".dialog button.allow_once");

        var answered = await node.AgentIs("a1", static a => a.Decision is { Outcome: not null }, "was answered");
        Assert.Equal(("yes", "answered"), (answered.Decision!.Option.Label, answered.Decision.Outcome));
        await browser.Page.Locator(".dialog").WaitForAsync(new() { State = Microsoft.Playwright.WaitForSelectorState.Hidden });
        Assert.Empty(browser.Complaints);
    }
}
