using Orchestrator.Client;
using Orchestrator.Tests.Node.Support;

namespace Orchestrator.Tests.Node.Lifecycle;

/// <summary>What cannot be started as asked is refused, with a reason that a person can act on.</summary>
[Collection(nameof(Lifecycle))]
public sealed class RefusedStartTests(LifecycleNode shared)
{
    private NodeUnderTest Node => shared.Node;

    [Fact]
    public async Task A_folder_that_does_not_exist_is_refused()
        => await Refused(Path.Combine(shared.Root, "nowhere"), "no folder");

    [Fact]
    public async Task A_folder_outside_of_the_allowed_ones_is_refused()
        => await Refused("/etc", "may work in");

    [Fact]
    public async Task A_link_that_leads_out_of_the_allowed_folders_is_refused()
    {
        var link = Path.Combine(shared.Root, "way-out");
        Directory.CreateSymbolicLink(link, "/etc");
        await Refused(link, "may work in");
    }

    [Fact]
    public async Task A_folder_that_has_gone_or_leads_elsewhere_since_the_agent_was_made_is_refused_at_its_start()
    {
        var folder = Directory.CreateDirectory(Path.Combine(shared.Root, "short-lived")).FullName;
        await Node.SpawnFakeInAsync("homeless", folder, static r => r with { Start = false });
        Directory.Delete(folder);
        await Node.Client.StartAgentAsync("homeless");
        var shown = await Node.AgentIs("homeless", static a => a.State == "error", "is in error");
        Assert.Contains("does not exist", shown.Detail, StringComparison.Ordinal);
        Assert.Contains("does not exist", (await Node.Client.ExplainAsync("homeless")).Decided, StringComparison.Ordinal);

        Directory.CreateSymbolicLink(folder, "/etc");
        await Node.Client.StartAgentAsync("homeless");
        await Node.AgentIs("homeless", static a => a.State == "error" && a.Detail?.Contains("outside", StringComparison.Ordinal) == true, "is refused");

        Directory.Delete(folder);
        Directory.CreateDirectory(folder);
        await Node.Client.StartAgentAsync("homeless");
        await Node.IsIdle("homeless", generation: 3);
    }

    [Fact]
    public async Task An_unknown_profile_is_refused_and_the_known_ones_are_named()
    {
        var refused = await Assert.ThrowsAsync<ApiException>(() => Node.Client.SpawnAsync(new SpawnRequest { Name = "what", Profile = "nobody", Folder = shared.Root }));
        Assert.Contains("nobody", refused.Message, StringComparison.Ordinal);
        Assert.Contains("shell", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_does_not_exist_is_an_error_that_names_it()
    {
        await Node.Client.SpawnAsync(new SpawnRequest { Name = "no-program", Profile = "shell", Folder = shared.Root, Command = ["no-such-program"] });
        var shown = await Node.AgentIs("no-program", static a => a.State == "error", "is in error");
        Assert.Contains("no-such-program", shown.Detail, StringComparison.Ordinal);
    }

    private async Task Refused(string folder, string reason)
    {
        var refused = await Assert.ThrowsAsync<ApiException>(() => Node.SpawnFakeInAsync("refused", folder));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ApiException>(() => Node.Client.GetAgentAsync("refused"));
    }
}
