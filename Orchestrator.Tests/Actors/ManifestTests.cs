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
    public void Everything_that_can_be_stored_has_a_name()
    {
        var table = new ManifestTable().AddDomain();
        var mapped = table.Manifests.Select(m => table.TypeOf(m)).ToHashSet();
        var stored = typeof(DomainModule).Assembly.GetTypes()
            .Where(static t => !t.IsAbstract && (t.IsSubclassOf(typeof(Command)) || t.IsSubclassOf(typeof(Event)) || t.IsSubclassOf(typeof(WorkerCommand))));
        Assert.Empty(stored.Where(t => !mapped.Contains(t)).Select(static t => t.Name));
    }
}
