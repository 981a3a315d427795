using Orchestrator.Runtime;

namespace Orchestrator.Tests.Runtime;

/// <summary>Compares a manifest table with the approved list, so that a released name is never dropped or renamed unnoticed: stored histories hold it for ever.</summary>
internal static class ManifestApproval
{
    /// <param name="manifests">The table of the product.</param>
    /// <param name="approved">The approved list below the test project, one manifest a line: <c>Actors/Fixtures/manifests.txt</c>.</param>
    public static void Check(ManifestTable manifests, string approved)
    {
        var path = Path.Combine(AppContext.BaseDirectory, approved);
        var known = File.Exists(path) ? File.ReadAllLines(path) : [];
        var lost = known.Except(manifests.Manifests, StringComparer.Ordinal).ToList();
        var added = manifests.Manifests.Except(known, StringComparer.Ordinal).ToList();
        Assert.True(lost.Count == 0, $"these manifests can no longer be read, but stored histories hold them; keep them or add an upcaster: {string.Join(", ", lost)}");
        Assert.True(added.Count == 0, $"these manifests are new; once sure of their names, add them to Orchestrator.Tests/{approved}:\n{string.Join('\n', added)}");
    }
}
