using System.Globalization;

namespace Orchestrator.Tests.Cluster.Chaos;

internal enum ChaosFaultKind
{
    /// <summary><c>kill -9</c> of a node, which is started again.</summary>
    Kill,

    /// <summary>SIGSTOP and SIGCONT of a node.</summary>
    Pause,

    /// <summary>A node is cut off.</summary>
    Cut,

    /// <summary><c>kill -9</c> of the database, which is started again.</summary>
    DatabaseKill,

    /// <summary>SIGSTOP and SIGCONT of the database.</summary>
    DatabasePause,

    /// <summary>No room on the disk of the database.</summary>
    DatabaseFull,
}

/// <summary>What a node is cut off from.</summary>
internal enum CutFrom
{
    Database,
    Members,
    Everything,
}

/// <summary>In which direction nothing passes.</summary>
internal enum CutHow
{
    BothWays,
    FromIt,
    ToIt,
    Flapping,
    Unplugged,
}

/// <summary>One fault of a run. All of them follow from the seed.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="Node">To which node, from 0 on; of no meaning where it is the database.</param>
/// <param name="Lasts">For how long.</param>
/// <param name="From">What a node is cut off from.</param>
/// <param name="How">How it is cut off.</param>
/// <param name="Before">How long it waits after the fault before it.</param>
/// <param name="Overlaps">Whether the next one begins while it lasts.</param>
internal sealed record ChaosFault(ChaosFaultKind Kind, int Node, TimeSpan Lasts, CutFrom From, CutHow How, TimeSpan Before, bool Overlaps)
{
    /// <summary>The names that <c>--faults</c> takes.</summary>
    public static IReadOnlyDictionary<string, ChaosFaultKind> Names { get; } = new Dictionary<string, ChaosFaultKind>(StringComparer.Ordinal)
    {
        ["kill"] = ChaosFaultKind.Kill,
        ["pause"] = ChaosFaultKind.Pause,
        ["cut"] = ChaosFaultKind.Cut,
        ["db-kill"] = ChaosFaultKind.DatabaseKill,
        ["db-pause"] = ChaosFaultKind.DatabasePause,
        ["db-full"] = ChaosFaultKind.DatabaseFull,
    };

    /// <summary>Whether it strikes one node, not all of them.</summary>
    public bool IsOfNode => IsNodes(Kind);

    /// <summary>Whether both may last at the same time: they strike different things.</summary>
    public bool GoesWith(ChaosFault other) => IsOfNode != other.IsOfNode || (IsOfNode && Node != other.Node);

    /// <summary>Faults without end: each round has those of a node twice and those of the database once, in another order, and each node has its turn.</summary>
    /// <param name="seed">What they follow from.</param>
    /// <param name="kinds">Which may come.</param>
    /// <param name="nodes">How many nodes there are.</param>
    /// <param name="longest">How long one lasts at most; at least 4 s.</param>
    public static IEnumerable<ChaosFault> Of(int seed, IReadOnlyCollection<ChaosFaultKind> kinds, int nodes, TimeSpan longest)
    {
        var random = new Random(seed);
        var turns = new Queue<int>();
        while (true)
        {
            var round = kinds.SelectMany(static kind => Enumerable.Repeat(kind, IsNodes(kind) ? 2 : 1)).ToArray();
            random.Shuffle(round);
            foreach (var kind in round)
            {
                if (turns.Count == 0)
                {
                    var order = Enumerable.Range(0, nodes).ToArray();
                    random.Shuffle(order);
                    turns = new Queue<int>(order);
                }

                // As often short as long: what is shorter than the patience of the others is another case than what is longer.
                var lasts = random.Next(2) == 0 ? Between(random, 0.5, 4) : Between(random, 4, longest.TotalSeconds);
                if (kind is ChaosFaultKind.DatabaseFull && lasts < TimeSpan.FromSeconds(4))
                {
                    // It takes a while until the database needs more room.
                    lasts += TimeSpan.FromSeconds(4);
                }

                yield return new ChaosFault(kind, IsNodes(kind) ? turns.Dequeue() : 0, lasts, (CutFrom)random.Next(3), (CutHow)random.Next(5), Between(random, 0.2, 3), random.Next(4) == 0);
            }
        }
    }

    public override string ToString()
    {
        var name = Names.Single(name => name.Value == Kind).Key;
        var whom = IsOfNode ? string.Create(CultureInfo.InvariantCulture, $" n{Node + 1}") : string.Empty;
        return string.Create(CultureInfo.InvariantCulture, $"{name}{whom} for {Lasts.TotalSeconds:0.0} s{(Kind is ChaosFaultKind.Cut ? Cut() : string.Empty)}{(Overlaps ? ", the next one meanwhile" : string.Empty)}");
    }

    private string Cut()
    {
        var from = From switch
        {
            CutFrom.Database => "the database",
            CutFrom.Members => "the other nodes",
            _ => "everything",
        };
        return How switch
        {
            CutHow.Unplugged => ", unplugged",
            CutHow.BothWays => $", from {from}, both ways",
            CutHow.FromIt => $", from {from}, what it sends",
            CutHow.ToIt => $", from {from}, what is sent to it",
            _ => $", from {from}, flapping",
        };
    }

    private static bool IsNodes(ChaosFaultKind kind) => kind is ChaosFaultKind.Kill or ChaosFaultKind.Pause or ChaosFaultKind.Cut;

    private static TimeSpan Between(Random random, double least, double most) => TimeSpan.FromSeconds(least + (random.NextDouble() * (most - least)));
}
