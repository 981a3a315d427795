using Orchestrator.Actors.Identity;

namespace Orchestrator.Tests.Actors.Identity;

public sealed class SenderNamesTests
{
    [Theory]
    [InlineData("agent/alice", "alice")]
    [InlineData("client:agent/alice", "alice")]
    [InlineData("client:cli", "client:cli")]
    [InlineData("client:admin", "client:admin")]
    [InlineData("worker:n1", "worker:n1")]
    [InlineData("task/agent/x", "task/agent/x")]
    public void An_agent_is_known_by_its_name_however_it_speaks(string sender, string name) => Assert.Equal(name, SenderNames.Of(sender));
}
