using System.Net;

using Orchestrator.Actors.Agents;
using Orchestrator.Hocon;
using Orchestrator.Node.Settings;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Node.Settings;

public sealed class ClusterSettingsTests : IDisposable
{
    private const string Member = "orchestrator.cluster.member=true";
    private const string Shared = "orchestrator.store=postgres";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_node_is_on_its_own_unless_it_is_said_to_be_a_member()
    {
        Assert.Null(Load().Cluster);
        Assert.True(Load(Shared).Postgres!.Alone);
        Assert.Null(Load(Shared).Cluster);
    }

    [Fact]
    public void A_member_shares_the_database_and_has_its_certificate_in_the_data_folder()
    {
        var settings = Load(Shared, Member, "orchestrator.cluster.labels=[gpu, paris]");
        Assert.False(settings.Postgres!.Alone);
        Assert.Equal(new[] { "worker", "gpu", "paris" }, settings.Cluster!.Roles);
        Assert.Equal(_folder["data/cluster/node.pem"], settings.Cluster.CertificateFile);
        Assert.Equal(settings.Cluster.CertificateFile, settings.Cluster.KeyFile);
        Assert.Equal(LossPolicy.Wait, settings.Cluster.OnNodeLoss);
        Assert.Equal(LossPolicy.RePlace, Load(Shared, Member, "orchestrator.cluster.on-node-loss=re-place").Cluster!.OnNodeLoss);
        Assert.Empty(settings.Warnings);
    }

    [Theory]
    [InlineData("", "127.0.0.1:7719")]
    [InlineData("node2.example", "node2.example:7719")]
    [InlineData("node2.example:443", "node2.example:443")]
    [InlineData("\"[fd00::2]:7000\"", "[fd00::2]:7000")]
    [InlineData("\"[fd00::2]\"", "[fd00::2]:7719")]
    public void Others_reach_it_by_what_is_advertised_or_by_address_and_port(string advertise, string address)
        => Assert.Equal(address, Load(Shared, Member, $"orchestrator.cluster.advertise={(advertise.Length == 0 ? "\"\"" : advertise)}").Cluster!.Address.Of(new IPEndPoint(IPAddress.Loopback, 7719)));

    [Theory]
    [InlineData("orchestrator.store=sqlite", "share a PostgreSQL")]
    [InlineData("orchestrator.cluster.address=0.0.0.0", "orchestrator.cluster.advertise")]
    [InlineData("orchestrator.cluster.address=here", "IP address of this machine")]
    [InlineData("orchestrator.cluster.port=70000", "0 to 65535")]
    [InlineData("orchestrator.cluster.advertise=\"https://a/b\"", "host or host:port")]
    [InlineData("orchestrator.cluster.roles=[boss]", "labels")]
    [InlineData("orchestrator.cluster.labels=[worker]", "neither worker nor lighthouse")]
    [InlineData("orchestrator.cluster.labels=[\"a b\"]", "1 to 40")]
    [InlineData("orchestrator.cluster.lighthouse=\"http://plain\"", "https://host:port")]
    [InlineData("orchestrator.cluster.fingerprint=abc", "64 hexadecimal digits")]
    [InlineData("orchestrator.cluster.renew-before=0s", "more than 0")]
    [InlineData("orchestrator.cluster.on-node-loss=flee", "wait, re-place or leave")]
    [InlineData("orchestrator.cluster.guard-grace=4s", "at least 5 s")]
    [InlineData("orchestrator.cluster.guard=none", "own or service")]
    [InlineData("orchestrator.cluster.push-every=0s", "more than 0")]
    public void What_cannot_be_used_is_refused_and_says_what_to_do(string setting, string advice)
        => Assert.Contains(advice, Assert.Throws<HoconException>(() => Load(Shared, Member, setting)).Message, StringComparison.Ordinal);

    private NodeSettings Load(params string[] overrides) => NodeSettings.Load([$"orchestrator.node.data=\"{_folder["data"]}\"", .. overrides]);
}
