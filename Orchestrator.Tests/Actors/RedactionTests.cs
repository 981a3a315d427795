using Orchestrator.Actors;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Identity;
using Orchestrator.Actors.Messaging;
using Orchestrator.Runtime;

namespace Orchestrator.Tests.Actors;

/// <summary>Tokens that stand on a screen or in what an agent says are in no event, and so in no gap that quotes one.</summary>
public sealed class RedactionTests
{
    private readonly string _canary = Secret.NewToken();
    private readonly World _world = new();

    [Fact]
    public void A_token_on_the_screen_or_in_the_evidence_of_an_agent_reaches_neither_the_journal_nor_a_gap()
    {
        _world.Ready("alice");
        var alice = AgentName.Parse("alice").Entity;
        _world.Does(alice, new ReportActivity(_world.Agent("alice").Generation, AgentActivity.Working, $"runs curl with {_canary}", null, new AgentFact("screen", "working", $"header {_canary}", _world.Now)), "worker:n1");
        _world.Does(alice, new ReportBlocked($"{_canary} is refused"), "agent/alice");
        _world.Pass(TimeSpan.FromMinutes(31));
        Assert.Contains("header orc_(redacted)", Assert.Single(_world.Gaps).Condition!.Evidence, StringComparison.Ordinal);
        _world.Seen("alice", AgentActivity.Ready);
        _world.Does(alice, new EnqueueMessage(new NewMessage(MessageId.New(_world.Now), "client:test", FromPerson: true, "m", MessagePriority.Medium, ExpiresAt: null, "SEAL22")));
        var flight = _world.Agent("alice").Queue.InFlight!;
        _world.Does(alice, new ReportDelivery(flight.Waiting.Message.Id, _world.Agent("alice").Generation, flight.Waiting.Attempts, DeliveryStep.Deferred, $"the screen shows {_canary}"), "worker:n1");

        var manifests = new ManifestTable().AddDomain();
        Assert.All(_world.History, h => Assert.DoesNotContain(_canary, System.Text.Encoding.UTF8.GetString(manifests.Write(h.Event).Payload), StringComparison.Ordinal));
    }
}
