using Orchestrator.Client;
using Orchestrator.Tests.Cli;
using Orchestrator.Tests.Node.Support;

namespace Orchestrator.Tests.Node.Limits;

/// <summary>A limit that one agent meets is that of all agents of its account: typing pauses until the time that the screen says.</summary>
public sealed class SharedLimitTests
{
    private const string Program = """
        $| = 1;
        print "> ";
        while (my $line = <STDIN>) {
            print $line =~ /limit (\d+)/ ? "LIMIT reached, resets in $1 s\n> " : "done\ndone\ndone\n> ";
        }
        """;

    private const string Profile = """
        inherits = shell
        command = [perl, "{folder}/limited.pl"]
        account.name = shared
        screen.rules {
          limited { activity = rate_limited, priority = 800, when { in = "last-non-empty 2", regex = "^LIMIT reached, resets in (?<reset_seconds>\\d+) s" } }
        }
        """;

    [Fact]
    public async Task All_agents_of_the_account_wait_and_go_on_after_it_and_a_person_can_clear_it()
    {
        await using var node = NodeUnderTest.Create();
        await File.WriteAllTextAsync(Path.Combine(node.Work, "limited.pl"), Program);
        await File.WriteAllTextAsync(Path.Combine(node.Data, "agents", "limited.conf"), Profile);
        await node.StartAgainAsync();
        foreach (var name in new[] { "one", "two" })
        {
            await node.Client.SpawnAsync(new SpawnRequest { Name = name, Profile = "limited", Folder = node.Work });
            Assert.Equal("shared", (await node.AgentIs(name, static a => a.State == "idle", "is idle")).Account);
        }

        await node.Client.SendMessageAsync(new SendRequest { To = "one", Text = "limit 5" });
        await node.AgentIs("one", static a => a.Activity == "rate_limited", "has met the limit");
        var held = await node.AgentIs("two", static a => a.Hold is not null, "waits too");
        Assert.Contains("one has reached the limit", held.Hold!.Reason, StringComparison.Ordinal);
        var quota = Assert.Single(await node.Client.ListQuotasAsync());
        Assert.Equal((true, "one", 1), (quota.Limited, quota.By, quota.Limits));
        var waiting = await node.Client.SendMessageAsync(new SendRequest { To = "two", Text = "after the limit" });
        var typed = await node.MessageIs(waiting.Id, ["submitted"], TimeSpan.FromSeconds(60));
        Assert.True(typed.Steps.Single(static s => s.State == "typed").At >= quota.Until, "nothing is typed before the end");

        await node.Client.SendMessageAsync(new SendRequest { To = "one", Text = "limit 3000" });
        await node.AgentIs("two", static a => a.Hold?.Until > DateTimeOffset.UtcNow.AddMinutes(40), "waits again");
        using var orc = new Orc();
        orc.Environment["ORC_DATA"] = node.Data;
        Assert.Contains("two waits until", (await orc.RunAsync("ls")).Expect(0), StringComparison.Ordinal);
        Assert.Matches(@"(?m)^shared +yes .* one +\d+ +\d+ +one, two +2", (await orc.RunAsync("quota", "ls")).Expect(0));
        (await orc.RunAsync("quota", "clear", "shared")).Expect(0);
        (await orc.RunAsync("quota", "clear", "nobody")).Expect(1);
        var cleared = await node.Client.SendMessageAsync(new SendRequest { To = "two", Text = "at once" });
        await node.MessageIs(cleared.Id, ["submitted"]);
    }
}
