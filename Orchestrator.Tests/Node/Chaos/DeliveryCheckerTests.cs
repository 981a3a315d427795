using Orchestrator.Runtime;
using Orchestrator.Tests.Node.Support;
using Orchestrator.Tests.Tmux;
using Orchestrator.Tmux;

namespace Orchestrator.Tests.Node.Chaos;

/// <summary>The checker of the chaos tests sees the damage that each protection of a delivery prevents, made by real deliveries without it.</summary>
public sealed class DeliveryCheckerTests
{
    private const string Seal = "SEAL22";
    private readonly string _id = Ulid.New(DateTimeOffset.UtcNow);
    private readonly DeliveryChecker _checker = new();

    private DeliveryId Id => DeliveryId.Parse(_id);

    [Fact]
    public async Task It_is_content_with_a_message_that_was_delivered_once_and_whole()
    {
        await using var own = await OwnServer.StartAsync();
        Assert.Empty(await CheckedAsync(own, DeliveryProtections.All, "all is well", static async (deliveries, agent, id, text) => await OnceAsync(deliveries, agent, id, text)));
    }

    [Fact]
    public async Task Without_the_marks_it_sees_a_message_that_was_submitted_twice()
    {
        await using var own = await OwnServer.StartAsync();
        var violations = await CheckedAsync(own, new DeliveryProtections { Marks = false }, "twice", static async (deliveries, agent, id, text) =>
        {
            await OnceAsync(deliveries, agent, id, text);
            await OnceAsync(deliveries, agent, id, text);
            await agent.LogHas(2);
        });
        Assert.Contains(violations, static v => v.StartsWith("doubled", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_the_size_check_it_sees_a_message_that_was_cut()
    {
        await using var own = await DeliveryChaosTests.StartWithFeederThatDiesOnce();
        var violations = await CheckedAsync(own, new DeliveryProtections { SizeCheck = false }, new string('x', 50_000), static async (deliveries, agent, id, text) => await OnceAsync(deliveries, agent, id, text));
        Assert.Contains(violations, static v => v.StartsWith("corrupt", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_the_writer_guard_it_sees_what_a_replaced_writer_types()
    {
        await using var own = await OwnServer.StartAsync();
        var violations = await CheckedAsync(own, new DeliveryProtections { WriterGuard = false }, "in time", async (deliveries, agent, id, text) =>
        {
            var stale = DeliveryId.Parse(Ulid.New(DateTimeOffset.UtcNow));
            var late = await deliveries.LoadAsync(stale, TerminalText.Sanitize(Wrapped(stale, "moved on long ago")));
            await own.Deliveries.AdoptAsync(agent.Id, 2);
            await deliveries.TypeAsync(agent.Guard(1, 0), late);
            await deliveries.SubmitAsync(agent.Guard(1, 1), stale);
            await agent.LogHas(1);
            await deliveries.TypeAsync(agent.Guard(2, 1), await deliveries.LoadAsync(id, TerminalText.Sanitize(text)));
            await deliveries.SubmitAsync(agent.Guard(2, 2), id);
        });
        Assert.Contains(violations, static v => v.StartsWith("unexpected", StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_sees_a_message_that_never_came()
    {
        await using var own = await OwnServer.StartAsync();
        var agent = await FakeAgent.StartAsync(own);
        _checker.About(_id, "fake", "lost");
        _checker.Has(_id);
        Assert.Contains(_checker.Violations([new FakeAgentOnNode("fake", agent.LogFile)], []), static v => v.StartsWith("lost", StringComparison.Ordinal));
    }

    private static string Wrapped(DeliveryId id, string text) => $"[message {id} from client:test] ends with [end {Seal}]\n{text}\n[end {Seal}]";

    private static async Task OnceAsync(TmuxDeliveries deliveries, FakeAgent agent, DeliveryId id, string text)
    {
        await deliveries.TypeAsync(agent.Guard(1, 0), await deliveries.LoadAsync(id, TerminalText.Sanitize(text)));
        await deliveries.SubmitAsync(agent.Guard(1, 1), id);
        await agent.LogHas(1);
    }

    private async Task<IReadOnlyList<string>> CheckedAsync(OwnServer own, DeliveryProtections protections, string text, Func<TmuxDeliveries, FakeAgent, DeliveryId, string, Task> deliver)
    {
        var agent = await FakeAgent.StartAsync(own);
        await own.Deliveries.AdoptAsync(agent.Id, 1);
        _checker.About(_id, "fake", text);
        _checker.Has(_id);
        var fake = new FakeAgentOnNode("fake", agent.LogFile);
        await deliver(new TmuxDeliveries(own.Server, failPoints: null, protections), agent, Id, Wrapped(Id, text));
        await Tests.Support.Eventually.True(() => fake.Log().Any(l => l.Id == _id), "the message was submitted");
        return _checker.Violations([fake], []);
    }
}
