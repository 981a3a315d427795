using Orchestrator.Client;
using Orchestrator.Runtime;
using Orchestrator.Tests.Node.Chaos;
using Orchestrator.Tests.Node.Support;

namespace Orchestrator.Tests.Cluster.Chaos;

/// <summary>
/// Messages to all agents through all nodes at once: for each agent and priority one sender, which sends the next only when the last is acknowledged, and goes on with the others meanwhile. Thirty agents get some 45 a second
/// where nothing holds the senders up.
/// </summary>
internal sealed class ChaosLoad(IReadOnlyList<ChaosNode> nodes, DeliveryChecker checker)
{
    // An agent that is away for long is not drowned meanwhile.
    private const int MostOnTheWay = 20;
    private static readonly string[] Priorities = ["urgent", "high", "medium", "low"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private long _through;

    /// <summary>Which nodes have acknowledged something, a bit each.</summary>
    public long Through => Volatile.Read(ref _through);

    /// <summary>Sends until <paramref name="stopping"/>; a message that is not acknowledged by then may have been stored or not.</summary>
    public Task SendAsync(ChaosAgent agent, int seed, CancellationToken stopping)
        => Task.WhenAll(Priorities.Select((priority, i) => Task.Run(() => SendAsync(agent, priority, new Random(unchecked(seed + i)), stopping), CancellationToken.None)));

    private async Task SendAsync(ChaosAgent agent, string priority, Random random, CancellationToken stopping)
    {
        var lines = new LineCount(agent.Fake.LogFile);
        while (!stopping.IsCancellationRequested)
        {
            await Task.Delay(random.Next(500, 4500), CancellationToken.None);
            if (checker.AcknowledgedTo(agent.Fake.Name) - lines.Now() < MostOnTheWay * Priorities.Length)
            {
                await OneAsync(agent.Fake.Name, priority, random, stopping);
            }
        }
    }

    private async Task OneAsync(string to, string priority, Random random, CancellationToken stopping)
    {
        var request = new SendRequest { Id = Ulid.New(TimeProvider.System.GetUtcNow()), To = to, Text = ChaosTexts.Next(random), Priority = priority };
        checker.About(request.Id, to, request.Text, priority);
        while (!stopping.IsCancellationRequested)
        {
            var through = random.Next(nodes.Count);
            if (nodes[through].Client is { } client && await TakesAsync(client, request, Patience))
            {
                checker.Has(request.Id);
                Interlocked.Or(ref _through, 1L << through);
                return;
            }

            // That node is away, or could not say: the same id is sent again, as a rule through another.
            await Task.Delay(100, CancellationToken.None);
        }
    }

    /// <summary>Whether a node says in time that it has a message; if not, nobody knows.</summary>
    public static async Task<bool> TakesAsync(OrchestratorClient client, SendRequest request, TimeSpan patience)
    {
        using var over = new CancellationTokenSource(patience);
        try
        {
            await client.SendMessageAsync(request, over.Token);
            return true;
        }
        catch (Exception e) when (e is OrchestratorException or ObjectDisposedException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Counts the lines of a file that grows.</summary>
    private sealed class LineCount(string file)
    {
        private long _read;
        private int _lines;

        public int Now()
        {
            if (File.Exists(file))
            {
                using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                stream.Position = _read;
                var buffer = new byte[65_536];
                for (int count; (count = stream.Read(buffer)) > 0; _read += count)
                {
                    _lines += buffer.AsSpan(0, count).Count((byte)'\n');
                }
            }

            return _lines;
        }
    }
}
