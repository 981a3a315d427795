using Orchestrator.Client;
using Orchestrator.Runtime;
using Orchestrator.Tests.Node.Chaos;
using Orchestrator.Tests.Node.Support;

namespace Orchestrator.Tests.Cluster.Chaos;

/// <summary>Messages to all agents through all nodes at once: for each agent one sender, which sends the next only when the last is acknowledged.</summary>
internal sealed class ChaosLoad(IReadOnlyList<ChaosNode> nodes, DeliveryChecker checker)
{
    // An agent that is away for long is not drowned meanwhile.
    private const int MostOnTheWay = 60;
    private static readonly string[] Priorities = ["urgent", "high", "medium", "medium", "medium", "low"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private long _through;
    private string? _lastRefusal;

    /// <summary>What a node said last that does not take a message now.</summary>
    public string? LastRefusal => Volatile.Read(ref _lastRefusal);

    /// <summary>Which nodes have acknowledged something, a bit each.</summary>
    public long Through => Volatile.Read(ref _through);

    /// <summary>Sends until <paramref name="stopping"/>; a message that is not acknowledged by then may have been stored or not.</summary>
    public async Task SendAsync(ChaosAgent agent, int seed, CancellationToken stopping)
    {
        var random = new Random(seed);
        var lines = new LineCount(agent.Fake.LogFile);
        for (var acknowledged = 0; !stopping.IsCancellationRequested;)
        {
            if (acknowledged - lines.Now() < MostOnTheWay)
            {
                acknowledged += await OneAsync(agent.Fake.Name, random, stopping) ? 1 : 0;
            }

            await Task.Delay(random.Next(200, 1000), CancellationToken.None);
        }
    }

    private async Task<bool> OneAsync(string to, Random random, CancellationToken stopping)
    {
        var request = new SendRequest { Id = Ulid.New(TimeProvider.System.GetUtcNow()), To = to, Text = ChaosTexts.Next(random), Priority = Priorities[random.Next(Priorities.Length)] };
        checker.About(request.Id, to, request.Text, request.Priority);
        while (!stopping.IsCancellationRequested)
        {
            var through = random.Next(nodes.Count);
            if (nodes[through].Client is { } client && await TakesAsync(client, request))
            {
                checker.Has(request.Id);
                Interlocked.Or(ref _through, 1L << through);
                return true;
            }

            // That node is away, or could not say: the same id is sent again, as a rule through another.
            await Task.Delay(100, CancellationToken.None);
        }

        return false;
    }

    private async Task<bool> TakesAsync(OrchestratorClient client, SendRequest request)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await client.SendMessageAsync(request, patience.Token);
            return true;
        }
        catch (Exception e) when (e is OrchestratorException or ObjectDisposedException or OperationCanceledException)
        {
            Volatile.Write(ref _lastRefusal, e.Message);
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
