using System.Globalization;

namespace Orchestrator.Tests.Cluster.Chaos;

internal enum ChaosFaultKind
{
    /// <summary><c>kill -9</c> of a node, which is started again.</summary>
    NodeKilled,

    /// <summary>A node is asked to stop, and is started again.</summary>
    NodeStopped,

    /// <summary>SIGSTOP and SIGCONT of a node.</summary>
    NodePaused,

    /// <summary>A node is cut off.</summary>
    NodeCutOff,

    /// <summary>No room on the disk of a node's data.</summary>
    NodeDiskFull,

    /// <summary><c>kill -9</c> of the database, which is started again.</summary>
    DatabaseKilled,

    /// <summary>SIGSTOP and SIGCONT of the database.</summary>
    DatabasePaused,

    /// <summary>No room on the disk of the database.</summary>
    DatabaseDiskFull,
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
internal sealed record ChaosFault(ChaosFaultKind Kind, int Node, TimeSpan Lasts, CutFrom From, CutHow How, TimeSpan Before, bool Overlaps)
{
    private static readonly ChaosFaultKind[] Everywhere =
    [
        ChaosFaultKind.NodeKilled, ChaosFaultKind.NodeKilled, ChaosFaultKind.NodeKilled, ChaosFaultKind.NodePaused, ChaosFaultKind.NodePaused, ChaosFaultKind.NodePaused, ChaosFaultKind.NodeStopped,
        ChaosFaultKind.DatabaseKilled, ChaosFaultKind.DatabasePaused,
    ];

    private static readonly ChaosFaultKind[] OnlyInNetwork =
        [ChaosFaultKind.NodeCutOff, ChaosFaultKind.NodeCutOff, ChaosFaultKind.NodeCutOff, ChaosFaultKind.NodeCutOff, ChaosFaultKind.NodeDiskFull, ChaosFaultKind.DatabaseDiskFull];

    /// <summary>Whether it strikes one node, not all of them.</summary>
    public bool IsOfNode => Kind is ChaosFaultKind.NodeKilled or ChaosFaultKind.NodeStopped or ChaosFaultKind.NodePaused or ChaosFaultKind.NodeCutOff or ChaosFaultKind.NodeDiskFull;

    public static ChaosFault Next(Random random, int nodes, bool network, TimeSpan longest)
    {
        ChaosFaultKind[] kinds = [.. Everywhere, .. network ? OnlyInNetwork : []];
        var kind = kinds[random.Next(kinds.Length)];

        // As often short as long: what is shorter than the patience of the others is another case than what is longer.
        var lasts = random.Next(3) switch
        {
            0 => Between(random, 0.5, 4),
            1 => Between(random, 4, Math.Min(12, longest.TotalSeconds)),
            _ => Between(random, 6, longest.TotalSeconds),
        };
        return new ChaosFault(kind, random.Next(nodes), lasts, (CutFrom)random.Next(3), (CutHow)random.Next(5), Between(random, 0.2, 3), random.Next(4) == 0);
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Kind}{(IsOfNode ? $" n{Node + 1}" : string.Empty)} {Lasts.TotalSeconds:0.0} s{(Kind is ChaosFaultKind.NodeCutOff ? How is CutHow.Unplugged ? " unplugged" : $" from {From}, {How}" : string.Empty)}{(Overlaps ? ", the next meanwhile" : string.Empty)}");

    private static TimeSpan Between(Random random, double least, double most) => TimeSpan.FromSeconds(least + (random.NextDouble() * (most - least)));
}
