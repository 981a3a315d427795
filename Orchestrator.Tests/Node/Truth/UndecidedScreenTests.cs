using Orchestrator.Tests.Node.Support;

using Xunit.Abstractions;

namespace Orchestrator.Tests.Node.Truth;

/// <summary>A screen that could not be read in time is read again; what cannot be read at all is busy, and says why.</summary>
[Collection(nameof(Truth))]
public sealed class UndecidedScreenTests(TruthNode shared, ITestOutputHelper output)
{
    private NodeUnderTest Node => shared.Node;

    [Fact]
    public async Task What_takes_too_long_to_read_is_busy_until_it_can_be_read_again()
    {
        var agent = await Node.IdleFakeAsync("slow", profile: "slow");
        var terminal = Node.Tmux("display-message", "-p", "-t", (await Node.PaneOf(agent.Name)).Id, "#{pane_tty}");
        await File.AppendAllTextAsync(terminal, $"\r{new string('a', 60)}!\r\n> ");
        await Node.IsShownAs(agent.Name, "busy", "working", output);
        await Node.ExplanationNames(agent.Name, "rule slow was left out");
        await Node.ExplanationNames(agent.Name, "could not be read to their end and were taken again");
        await File.AppendAllTextAsync(terminal, "\e[2J\e[H> ");
        await Node.IsShownAs(agent.Name, "idle", "ready", output);
    }
}
