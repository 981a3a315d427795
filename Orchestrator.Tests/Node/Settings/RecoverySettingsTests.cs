using Orchestrator.Actors.Recovery;
using Orchestrator.Hocon;
using Orchestrator.Node.Settings;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Node.Settings;

public sealed class RecoverySettingsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_defaults_of_the_file_are_those_of_the_code()
    {
        var read = Load(string.Empty).Recovery;
        Assert.Equal(Text(RecoveryPolicy.Default), Text(read.Defaults));
        Assert.Equal(IdleTeamPolicy.Default, read.IdleTeams);
        Assert.Empty(read.Roles);
    }

    [Fact]
    public void A_role_sets_what_differs_and_names_lead_to_what_is_configured()
    {
        var settings = Load("""
            hung = [restart, "custom:page"], roles { qa { crashed = ["fallback:cheap", notify], budget = 7 } }
            fallbacks { cheap { model = small, profile = "" } }
            customs { page { command = [page, "--all of it"] }, ops { webhook = "https://example.org/hook", secret-file = /etc/secret, within = 5 s } }
            """);
        var qa = settings.Recovery.For("qa");
        Assert.Equal(("fallback:cheap, notify", 7), (string.Join(", ", qa.Ladder(TroubleKind.Crashed)), qa.Budget));
        Assert.Equal("restart, custom:page", string.Join(", ", qa.Ladder(TroubleKind.Hung)));
        Assert.Equal(new RecoveryFallback(Profile: null, "small"), settings.Recovery.Fallbacks["cheap"]);
        Assert.Equal(["page", "--all of it"], settings.Customs.All["page"].Command.AsEnumerable());
        Assert.Equal((new Uri("https://example.org/hook"), TimeSpan.FromSeconds(5)), (settings.Customs.All["ops"].Webhook, settings.Customs.All["ops"].Within));
    }

    [Theory]
    [InlineData("crashed = []", "names no step")]
    [InlineData("crashed = [pray]", "has 'pray': use restart")]
    [InlineData("crashed = [custom]", "use custom:NAME")]
    [InlineData("crashed = [\"custom:ghost\"]", "customs (none)")]
    [InlineData("crashed = [\"fallback:ghost\"]", "fallbacks has none")]
    [InlineData("crashed = [\"restart:now\"]", "takes no name")]
    [InlineData("rate-limited = [restart]", "nothing is restarted for a limit")]
    [InlineData("node-lost = [restart]", "may still run on the lost node")]
    [InlineData("crashed = [wait]", "only the end of a limit is waited for")]
    [InlineData("silent-agent = [reassign]", "there is no task")]
    [InlineData("budget = 0", "budget must be 1 to 100")]
    [InlineData("idle-teams.cool-down = -1 s", "must be 0 s (never) or more")]
    [InlineData("handover = -1 s", "handover must be 0 s (nobody is asked) to 1 h")]
    [InlineData("handover = 2 h", "handover must be 0 s (nobody is asked) to 1 h")]
    [InlineData("fallbacks { x {} }", "names neither a profile nor a model")]
    [InlineData("customs { x {} }", "needs either a command")]
    [InlineData("customs { x { command = [a], webhook = \"https://b\" } }", "needs either a command")]
    [InlineData("customs { x { webhook = \"http://example.org\", secret-file = s } }", "use https://")]
    [InlineData("customs { x { webhook = \"https://example.org\" } }", "has no secret-file")]
    [InlineData("customs { x { command = [a], within = 2 h } }", "within must be more than 0")]
    [InlineData("customs { x { shell = a } }", "shell is unknown")]
    public void What_cannot_be_used_is_refused_with_what_to_do(string text, string says)
        => Assert.Contains(says, Assert.ThrowsAny<HoconException>(() => Load(text)).Message, StringComparison.Ordinal);

    private static string Text(RecoveryPolicy policy)
        => $"{string.Join("; ", policy.Ladders.Select(static l => $"{l.Key}: {string.Join(", ", l.Value)}"))} {policy.Budget} {policy.Window} {policy.FirstPause} {policy.LastPause} {policy.CoolDown} {policy.ReadyWithin} {policy.DryRun} {policy.HandOver}";

    private NodeSettings Load(string recovery)
    {
        File.WriteAllText(_folder["node.conf"], $"orchestrator.recovery {{\n{recovery}\n}}");
        return NodeSettings.Load([$"orchestrator.node.data={_folder.Path}"]);
    }
}
