using Orchestrator.Runtime;
using Orchestrator.Tests.Postgres;
using Orchestrator.Tests.Runtime;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Cluster;

/// <summary>Two versions side by side, the newer of which knows one more event: it is written only once every member can read it, so that an update can be taken back until then.</summary>
public sealed class FormatTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private string _connection = string.Empty;

    public async Task InitializeAsync()
    {
        _connection = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        ClusterNode.FoundAuthority(_folder.Path);
    }

    public async Task DisposeAsync()
    {
        await PostgresServer.DropDatabaseAsync(_connection);
        _folder.Dispose();
    }

    [Fact]
    public async Task An_update_goes_node_by_node_forward_and_back_and_what_is_new_is_written_only_after_the_format_was_raised()
    {
        await using var second = await OlderAsync("n2");
        var first = await NewerAsync("n1");
        await Eventually.True(() => first.System.OwnedShards.Count > 0, "it owns shards", TimeSpan.FromSeconds(60));
        var account = first.OwnAccount();
        await first.AskAsync(account, new Deposit(5, "before"));
        var refused = Assert.IsType<Refused>((await first.AskAsync(account, new Annotate("new"))).Reply);
        Assert.Contains("'orc cluster format raise'", refused.Reason, StringComparison.Ordinal);
        Assert.Contains("n2 cannot read cluster.format 2", Assert.IsType<Refused>(await first.System.Administration!.RaiseFormatAsync(2)).Reason, StringComparison.Ordinal);

        // Without a number it is what all can read.
        Assert.IsType<Done>(await first.System.Administration!.RaiseFormatAsync(format: null));
        Assert.Equal(1, first.System.Cluster.Format);

        // Back: the older version takes up what the newer one has written.
        await first.StopAsync();
        first = await OlderAsync("n1");
        Assert.Equal(["before"], (await second.BalanceAsync(account)).Notes);

        // And forward, both.
        await first.StopAsync();
        await second.StopAsync();
        first = await NewerAsync("n1");
        await using (first)
        {
            await using var next = await NewerAsync("n2");
            Assert.IsType<Done>(await next.System.Administration!.RaiseFormatAsync(format: null));
            await Eventually.True(() => first.System.Cluster.Format == 2 && next.System.Cluster.Format == 2, "both know of it", TimeSpan.FromSeconds(60));
            Assert.IsType<Done>((await next.AskAsync(account, new Annotate("new"))).Reply);
            Assert.Equal(["before", "new"], (await first.BalanceAsync(account)).Notes);
            Assert.Contains("never lowered", Assert.IsType<Refused>(await first.System.Administration!.RaiseFormatAsync(1)).Reason, StringComparison.Ordinal);
        }

        var late = await Assert.ThrowsAsync<JournalRefusedException>(() => OlderAsync("n1"));
        Assert.Contains("the cluster writes format 2, this program reads up to 1: update this node before it joins", late.Message, StringComparison.Ordinal);
    }

    private Task<ClusterNode> OlderAsync(string name) => ClusterNode.StartAsync(_connection, name, _folder.Path);

    private Task<ClusterNode> NewerAsync(string name) => ClusterNode.StartAsync(_connection, name, _folder.Path, static builder => builder.Manifests.Map<Annotate>("account.annotate.v1", format: 2).Map<Annotated>("account.annotated.v1", format: 2));
}
