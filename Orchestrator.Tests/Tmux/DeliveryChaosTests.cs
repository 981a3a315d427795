using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Orchestrator.Tmux;
using Xunit.Abstractions;

namespace Orchestrator.Tests.Tmux;

/// <summary>Deliveries while things are killed, against the fake agent's ground truth; and what the protections are for.</summary>
public sealed class DeliveryChaosTests(ITestOutputHelper output)
{
    /// <summary>Messages in the run of random kills; <c>ORC_CHAOS_MESSAGES</c> asks for a longer one.</summary>
    private static readonly int Messages = int.TryParse(Environment.GetEnvironmentVariable("ORC_CHAOS_MESSAGES"), out var count) ? count : 60;

    private static readonly DeliveryId M1 = DeliveryId.Parse("M1");

    [Fact]
    public async Task Eight_writers_at_once_deliver_400_messages_intact_and_in_order()
    {
        await using var own = await OwnServer.StartAsync();
        var random = new Random(8);
        var agents = new List<FakeAgent>();
        for (var i = 0; i < 8; i++)
        {
            agents.Add(await FakeAgent.StartAsync(own));
        }

        var texts = agents.ConvertAll(_ => Enumerable.Range(0, 50).Select(i => Text(random, $"M{i}")).ToList());

        await Task.WhenAll(agents.Select(async (agent, index) =>
        {
            await own.Deliveries.AdoptAsync(agent.Id, index + 1);
            for (var i = 0; i < 50; i++)
            {
                await FakeAgentTests.Deliver(own, agent, index + 1, i, $"M{i}", texts[index][i]);
            }
        }));

        for (var index = 0; index < 8; index++)
        {
            Assert.Equal(texts[index].Select(Hash), (await agents[index].LogHas(50)).Select(line => line.Sha256));
        }
    }

    [Fact]
    public async Task With_the_delivering_client_killed_at_random_the_marks_equal_the_ground_truth()
    {
        var seed = Environment.TickCount;
        await using var own = await OwnServer.StartAsync();
        var agent = await FakeAgent.StartAsync(own);
        await own.Deliveries.AdoptAsync(agent.Id, 1);
        var random = new Random(seed);
        var texts = Enumerable.Range(0, Messages).Select(i => Text(random, $"M{i}")).ToList();
        using var done = new CancellationTokenSource();
        var killing = KillClientsAsync(own, new Random(seed + 1), done.Token);

        for (var i = 0; i < texts.Count; i++)
        {
            await DeliverThroughFaults(own, agent, i, DeliveryId.Parse($"M{i}"), TerminalText.Sanitize(texts[i]));
        }

        await done.CancelAsync();
        var kills = await killing;
        var log = await agent.LogHas(texts.Count);
        Assert.True(texts.Select(Hash).SequenceEqual(log.Select(line => line.Sha256)), $"seed {seed}, {kills} kills: {string.Join(' ', log.Select(line => line.Id))}");
        Assert.Equal(new PaneMarks(1, Messages, $"M{Messages - 1}", $"M{Messages - 1}"), await Persistently(() => own.Deliveries.ReadMarksAsync(agent.Id)));
        Assert.InRange(kills, 1, int.MaxValue);
        output.WriteLine($"{texts.Count} messages delivered intact, once and in order under {kills} kills (seed {seed})");
    }

    [Fact]
    public async Task A_text_cut_off_because_its_feeder_was_killed_is_loaded_again()
    {
        await using var own = await StartWithFeederThatDiesOnce();
        var agent = await Ready(own);
        var text = new string('x', 50_000);

        var loaded = await own.Deliveries.LoadAsync(M1, TerminalText.Sanitize(text));
        await own.Deliveries.TypeAsync(agent.Guard(1, 0), loaded);
        await own.Deliveries.SubmitAsync(agent.Guard(1, 1), M1);

        Assert.Equal(Hash(text), Assert.Single(await agent.LogHas(1)).Sha256);
        Assert.Empty(await own.TmuxAsync("list-buffers"));
    }

    [Fact]
    public async Task Without_the_size_check_the_cut_off_text_is_typed()
    {
        await using var own = await StartWithFeederThatDiesOnce();
        var agent = await Ready(own);
        var careless = new TmuxDeliveries(own.Server, null, new DeliveryProtections { SizeCheck = false });

        await careless.TypeAsync(agent.Guard(1, 0), await careless.LoadAsync(M1, TerminalText.Sanitize(new string('x', 50_000))));
        await careless.SubmitAsync(agent.Guard(1, 1), M1);

        Assert.Equal(5000, Assert.Single(await agent.LogHas(1)).Bytes);
    }

    [Fact]
    public async Task A_killed_loading_client_costs_a_retry_and_nothing_else()
    {
        await using var own = await OwnServer.StartAsync();
        var agent = await Ready(own);
        var kill = new KillLoaderOnce(own.Server.SocketPath);
        var deliveries = new TmuxDeliveries(own.Server, kill);
        var text = new string('y', 200_000);

        await deliveries.TypeAsync(agent.Guard(1, 0), await deliveries.LoadAsync(M1, TerminalText.Sanitize(text)));
        await deliveries.SubmitAsync(agent.Guard(1, 1), M1);

        Assert.Equal(Hash(text), Assert.Single(await agent.LogHas(1)).Sha256);
        Assert.True(kill.Killed);
    }

    [Fact]
    public async Task A_socket_deleted_under_a_delivery_is_repaired_on_the_way()
    {
        await using var own = await OwnServer.StartAsync();
        var agent = await Ready(own);
        File.Delete(own.Server.SocketPath);

        await FakeAgentTests.Deliver(own, agent, 1, 0, "M1", "through");

        Assert.Equal("through", Assert.Single(await agent.LogHas(1)).Text);
    }

    [Fact]
    public async Task Without_the_count_of_messages_a_repeat_is_typed_twice()
    {
        await using var own = await OwnServer.StartAsync();
        var agent = await Ready(own);
        var careless = new TmuxDeliveries(own.Server, null, new DeliveryProtections { Marks = false });

        for (var i = 0; i < 2; i++)
        {
            await careless.TypeAsync(agent.Guard(1, 0), await careless.LoadAsync(M1, TerminalText.Sanitize("again ")));
        }

        await careless.SubmitAsync(agent.Guard(1, 1), M1);
        Assert.Equal("again again ", Assert.Single(await agent.LogHas(1)).Text);
    }

    [Fact]
    public async Task Without_the_writer_guard_a_replaced_writer_types()
    {
        await using var own = await OwnServer.StartAsync();
        var agent = await Ready(own);
        var careless = new TmuxDeliveries(own.Server, null, new DeliveryProtections { WriterGuard = false });
        var loaded = await careless.LoadAsync(M1, TerminalText.Sanitize("stale"));
        await own.Deliveries.AdoptAsync(agent.Id, 2);

        Assert.IsType<DeliveryOutcome.Done>(await careless.TypeAsync(agent.Guard(1, 0), loaded));
    }

    [Fact]
    public async Task Without_the_deadline_a_late_call_types()
    {
        await using var own = await OwnServer.StartAsync();
        var agent = await Ready(own);
        var careless = new TmuxDeliveries(own.Server, null, new DeliveryProtections { Deadline = false });

        Assert.IsType<DeliveryOutcome.Done>(
            await careless.TypeAsync(agent.Guard(1, 0, TimeSpan.FromHours(-1)), await careless.LoadAsync(M1, TerminalText.Sanitize("late"))));
    }

    [Fact]
    public async Task The_places_between_the_steps_are_passed_in_order()
    {
        await using var own = await OwnServer.StartAsync();
        var agent = await Ready(own);
        var seen = new Recorder();
        var deliveries = new TmuxDeliveries(own.Server, seen);

        await deliveries.TypeAsync(agent.Guard(1, 0), await deliveries.LoadAsync(M1, TerminalText.Sanitize("x")));
        await deliveries.SubmitAsync(agent.Guard(1, 1), M1);

        Assert.Equal(DeliveryFailPoints.All, seen.Names);
    }

    /// <summary>What a node does after a fault: reads the marks, and repeats only what they show not to have happened.</summary>
    private static async Task DeliverThroughFaults(OwnServer own, FakeAgent agent, int sequence, DeliveryId id, TerminalText text)
    {
        var guard = agent.Guard(1, sequence);
        while ((await Persistently(() => own.Deliveries.ReadMarksAsync(agent.Id)))!.Sequence == sequence)
        {
            await own.Deliveries.TypeAsync(guard, await Persistently(() => own.Deliveries.LoadAsync(id, text)));
        }

        while ((await Persistently(() => own.Deliveries.ReadMarksAsync(agent.Id)))!.Sent != id.Value)
        {
            await own.Deliveries.SubmitAsync(guard.AfterTyping(), id);
        }
    }

    private static async Task<T> Persistently<T>(Func<Task<T>> read)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return await read();
            }
            catch (TmuxException) when (watch.Elapsed < TimeSpan.FromSeconds(30))
            {
                // The client was killed under it: nothing but a read or a load, so again.
            }
        }
    }

    private static async Task<int> KillClientsAsync(OwnServer own, Random random, CancellationToken until)
    {
        var kills = 0;
        while (!until.IsCancellationRequested)
        {
            if (own.Server.Control is { IsConnected: true, ClientPid: { } pid } && Native.Kill(pid, 9) == 0)
            {
                kills++;
            }

            await Task.Delay(random.Next(1, 60), CancellationToken.None);
        }

        return kills;
    }

    internal static async Task<OwnServer> StartWithFeederThatDiesOnce()
    {
        var scripts = Directory.CreateTempSubdirectory("orc-").FullName;
        var script = Path.Combine(scripts, "tmux");
        await File.WriteAllTextAsync(
            script,
            $"""
            #!/bin/sh
            case " $* " in
              *" load-buffer "*) if rmdir '{scripts}/first' 2>/dev/null; then head -c 5000 | tmux "$@"; exit; fi ;;
            esac
            exec tmux "$@"

            """);
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Directory.CreateDirectory(Path.Combine(scripts, "first"));
        return await OwnServer.StartAsync(options => options with { Tmux = script });
    }

    private static async Task<FakeAgent> Ready(OwnServer own)
    {
        var agent = await FakeAgent.StartAsync(own);
        await own.Deliveries.AdoptAsync(agent.Id, 1);
        return agent;
    }

    private static string Text(Random random, string id)
    {
        string[] parts = ["word ", "quote ' \" ", "; ", "#{pane_id} ", "$(x) ", "漢字 ", "🙂 ", "\n", "\t", "\\ ", "`y` ", "%end 1 1 1\n", "é"];
        var text = new StringBuilder($"[message {id} from tester]\n");
        for (var count = random.Next(1, random.Next(4) == 0 ? 2000 : 20); count > 0; count--)
        {
            text.Append(parts[random.Next(parts.Length)]);
        }

        return text.Append("end;").ToString();
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private sealed class Recorder : IDeliveryFailPoints
    {
        public List<string> Names { get; } = [];

        public ValueTask HitAsync(string name, CancellationToken cancellation)
        {
            Names.Add(name);
            return ValueTask.CompletedTask;
        }
    }

    private sealed class KillLoaderOnce(string socket) : IDeliveryFailPoints
    {
        public bool Killed { get; private set; }

        public ValueTask HitAsync(string name, CancellationToken cancellation)
        {
            if (name == DeliveryFailPoints.Loading && !Killed)
            {
                foreach (var pid in Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(int.Parse!))
                {
                    Killed |= CommandLine(pid) is { } line && line.Contains(socket) && line.Contains("load-buffer") && Native.Kill(pid, 9) == 0;
                }
            }

            return ValueTask.CompletedTask;
        }

        private static string? CommandLine(int pid)
        {
            try
            {
                return File.ReadAllText($"/proc/{pid}/cmdline");
            }
            catch (IOException)
            {
                return null;
            }
        }
    }
}
