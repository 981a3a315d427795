using Orchestrator.Actors;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Gaps;
using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Tasks;
using Orchestrator.Runtime;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Actors.Gaps;

/// <summary>How soon a planted gap is found: with the real runtime and store, and a clock that the test moves. No time may pass beyond the threshold but what the test lets pass.</summary>
public sealed class DetectionTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly EntityId Alice = AgentName.Parse("alice").Entity;

    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new(Start);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("unread")]
    [InlineData("expected")]
    [InlineData("start")]
    public async Task A_planted_gap_is_found_within_two_seconds_of_its_threshold(string planted)
    {
        await using var system = await OpenAsync();
        await AskAsync(system, Alice, GivenAgent.Register());
        var id = planted switch
        {
            "unread" => await PlantAsync(system, Alice, new EnqueueMessage(new NewMessage(MessageId.New(Start), "client:test", FromPerson: true, "text", MessagePriority.Medium, ExpiresAt: null, "SEAL22")), "agent.alice.unread_message.1"),
            "expected" => await PlantAsync(system, WorkChain.Of(AgentName.Parse("alice"), "nightly"), new ExpectExecution(new Expectation("one", Start.AddSeconds(1), Start.AddHours(1)), "developer"), "chain.alice.nightly.missing.1"),
            _ => await PlantAsync(system, TaskId.Parse("t1").Entity, World.Adding("alice", change: static d => d with { Limits = new TaskLimits(TimeSpan.FromMinutes(5), null, null) }), "task.t1.missing.1"),
        };
        var due = planted == "expected" ? TimeSpan.FromSeconds(301) : TimeSpan.FromMinutes(5);
        await Eventually.True(() => _time.IsAwaited(due), "the runtime sleeps until the threshold", TimeSpan.FromSeconds(60));
        Assert.Null(await system.Views.GetAsync<Gap>(Gap.ViewName, id));
        _time.Advance(due + TimeSpan.FromMilliseconds(5));
        await FoundAsync(system, id);
        var gap = (await system.Views.GetAsync<Gap>(Gap.ViewName, id))!;
        Assert.InRange(gap.OpenedAt - Start, due, due + TimeSpan.FromSeconds(2));
    }

    /// <summary>Asked are two seconds; on a machine that is busy with other things, five times that. Here the clock is the real one.</summary>
    [Fact]
    public async Task By_the_real_clock_planted_gaps_are_found_within_five_times_two_seconds_of_their_threshold()
    {
        var threshold = TimeSpan.FromSeconds(3);
        var thresholds = GapThresholds.Default with { Unread = threshold, Missing = threshold };
        var builder = new RuntimeBuilder { Options = new RuntimeOptions { DataFolder = _folder.Path, Node = "test", MinimumFreeDisk = 0 } };
        await using var system = await ActorSystem.StartAsync(builder.AddDomain(new GapSettings(thresholds, GapSettings.Default.Roles)));
        var agents = Enumerable.Range(0, 20).Select(static i => AgentName.Parse($"a{i}")).ToList();
        foreach (var agent in agents)
        {
            await TellAsync(system, agent.Entity, GivenAgent.Register());
            await TellAsync(system, agent.Entity, new EnqueueMessage(new NewMessage(MessageId.New(system.Clock.Now), "client:test", FromPerson: true, "text", MessagePriority.Medium, ExpiresAt: null, "SEAL22")));
            await TellAsync(system, WorkChain.Of(agent, "nightly"), new ExpectExecution(new Expectation("one", system.Clock.Now, system.Clock.Now.AddHours(1)), "developer"));
        }

        var gaps = await Eventually.Value(() => system.Views.ListAsync<Gap>(Gap.ViewName, Gap.OpenPartition), static g => g.Count == 40, "all are found", TimeSpan.FromSeconds(120));
        Assert.All(gaps, g => Assert.InRange(g.Value.OpenedAt - g.Value.Condition!.Since - threshold, TimeSpan.Zero, TimeSpan.FromSeconds(10)));

        static async Task TellAsync(ActorSystem system, EntityId to, Command command)
            => Assert.IsNotType<Refused>((await system.AskAsync(to, command, CommandId.New(TimeProvider.System), new Sender("client:test")).WaitAsync(TimeSpan.FromSeconds(60))).Reply);
    }

    [Fact]
    public async Task A_threshold_that_is_over_while_the_node_is_down_is_seen_when_it_is_up_again()
    {
        await using (var system = await OpenAsync())
        {
            await AskAsync(system, Alice, GivenAgent.Register());
            await PlantAsync(system, Alice, new EnqueueMessage(new NewMessage(MessageId.New(Start), "client:test", FromPerson: true, "text", MessagePriority.Medium, ExpiresAt: null, "SEAL22")), "agent.alice.unread_message.1");
            await Eventually.True(() => _time.IsAwaited(TimeSpan.FromMinutes(5)), "the runtime sleeps until the threshold", TimeSpan.FromSeconds(60));
        }

        _time.Advance(TimeSpan.FromHours(1));
        await using var again = await OpenAsync();
        await FoundAsync(again, "agent.alice.unread_message.1");
        await AskAsync(again, Alice, new End(Force: true));
        await Eventually.True(async () => await again.Views.GetAsync<Gap>(Gap.ViewName, "agent.alice.unread_message.1") is { IsOpen: false }, "the gap is closed when its agent ends", TimeSpan.FromSeconds(60));
        var summary = await Eventually.Value(() => again.Views.GetAsync<GapSummary>(GapSummary.ViewName, GapSummary.Key), static s => s is { Closed: 1 }, "it is counted as closed", TimeSpan.FromSeconds(60));
        Assert.Equal((0, 1L), (summary!.Open.Count, summary.Found[GapKind.UnreadMessage]));
    }

    private Task<ActorSystem> OpenAsync()
    {
        var builder = new RuntimeBuilder { Options = new RuntimeOptions { DataFolder = _folder.Path, Node = "test", MinimumFreeDisk = 0 }, VerifyPayloads = true, Time = _time };
        return ActorSystem.StartAsync(builder.AddDomain());
    }

    private async Task<string> PlantAsync(ActorSystem system, EntityId to, Command command, string gap)
    {
        await AskAsync(system, to, command);
        return gap;
    }

    private async Task AskAsync(ActorSystem system, EntityId to, Command command)
    {
        var answer = await system.AskAsync(to, command, new CommandId(Ulid.New(_time.GetUtcNow())), new Sender("client:test")).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.IsNotType<Refused>(answer.Reply);
    }

    private static Task FoundAsync(ActorSystem system, string id)
        => Eventually.True(async () => await system.Views.GetAsync<Gap>(Gap.ViewName, id) is not null, $"{id} is found", TimeSpan.FromSeconds(60));
}
