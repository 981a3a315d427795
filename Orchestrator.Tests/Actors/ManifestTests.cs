using Orchestrator.Actors;
using Orchestrator.Runtime;
using Orchestrator.Tests.Runtime;

namespace Orchestrator.Tests.Actors;

public sealed class ManifestTests
{
    [Fact]
    public void Every_stored_name_is_approved_and_none_is_lost()
        => ManifestApproval.Check(new ManifestTable().AddDomain(), "Actors/Fixtures/manifests.txt");

    [Fact]
    public void Everything_that_can_be_stored_has_a_name() => Assert.Empty(Nameless(typeof(Command), typeof(Event), typeof(WorkerCommand)));

    /// <summary>In a cluster an Ask or a Query may be answered by another node: what has no name cannot travel.</summary>
    [Fact]
    public void Everything_that_can_be_asked_or_answered_has_a_name() => Assert.Empty(Nameless(typeof(Command), typeof(Query), typeof(Reply)));

    private static IEnumerable<string> Nameless(params Type[] roots)
    {
        var table = new ManifestTable().AddDomain();
        var mapped = table.Manifests.Select(m => table.TypeOf(m)).ToHashSet();
        return new[] { typeof(IActorSystem), typeof(DomainModule), typeof(Orchestrator.Api.ApiServices), typeof(Orchestrator.Node.Workers.NodeWorker), typeof(Orchestrator.Lighthouse.Joining.JoinEndpoints) }
            .SelectMany(static known => known.Assembly.GetTypes())
            .Where(t => !t.IsAbstract && roots.Any(t.IsSubclassOf) && !mapped.Contains(t))
            .Select(static t => t.FullName!);
    }
}
