using Orchestrator.Tests.Node.Support;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Node.Lifecycle;

/// <summary>The version of an agent's program, asked of the program itself and held against those that its profile was tried with.</summary>
public sealed class VersionOnNodeTests
{
    [Theory]
    [InlineData("known", "1.2.3: the profile was tried with it", false)]
    [InlineData("other", "1.2.3: the profile was tried with 9.9 only, so screens and keys of it may be others", true)]
    [InlineData("mute", "not known: false did not say it (exit code 1)", false)]
    public async Task It_is_shown_and_one_that_was_not_tried_is_warned_of(string profile, string evidence, bool warned)
    {
        await using var node = NodeUnderTest.Create();
        await WriteAsync(node, "known", """version { command = [echo, "1.2.3"], tried = ["1.2."] }""");
        await WriteAsync(node, "other", """version { command = [echo, "1.2.3"], tried = ["9.9"] }""");
        await WriteAsync(node, "mute", """version { command = [false], tried = ["1."] }""");
        await node.StartAgainAsync();

        await node.SpawnFakeInAsync("a", node.Work, r => r with { Profile = profile });
        await node.IsIdle("a");

        await Eventually.True(
            async () => (await node.Client.ExplainAsync("a")).Facts.Any(fact => fact.Source == "version" && fact.Evidence == evidence),
            $"explain says of the version: {evidence}");
        Assert.Equal(warned, node.Log.Contains("the program of profile other is 1.2.3", StringComparison.Ordinal));
    }

    private static Task WriteAsync(NodeUnderTest node, string name, string version)
        => File.WriteAllTextAsync(Path.Combine(node.Data, "agents", $"{name}.conf"), $"inherits = fake\n{version}\n");
}
