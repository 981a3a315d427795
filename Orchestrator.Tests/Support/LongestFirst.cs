using Orchestrator.Tests.Cluster.Nodes;
using Xunit.Abstractions;

[assembly: TestCollectionOrderer("Orchestrator.Tests.Support.LongestFirst", "Orchestrator.Tests")]

namespace Orchestrator.Tests.Support;

/// <summary>What takes minutes begins first, or the others would wait for it at the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Longest = [nameof(Node.Chaos.KilledNodeTests), nameof(Node.Chaos.Chaos), nameof(ClusterOfThree)];

    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) => testCollections.OrderByDescending(static collection => Longest.Contains(collection.DisplayName.Split('.')[^1], StringComparer.Ordinal));
}
