using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

using Orchestrator.Client;
using Orchestrator.Tests.Lighthouse;
using Orchestrator.Tests.Node.Support;
using Orchestrator.Tests.Postgres;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Cluster.Nodes;

/// <summary>A node gets its certificate from a lighthouse, and keeps it fresh; both as processes of their own.</summary>
public sealed class LighthouseJoinTests : IAsyncLifetime
{
    private string _connection = string.Empty;

    public async Task InitializeAsync() => _connection = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();

    public Task DisposeAsync() => PostgresServer.DropDatabaseAsync(_connection);

    [Fact]
    public async Task A_node_joins_by_a_token_once_and_renews_its_certificate_while_it_runs()
    {
        await using var lighthouse = await LighthouseUnderTest.StartAsync("-D", "orchestrator.lighthouse.certificate-validity=24s");
        var token = await lighthouse.JoinTokenAsync();
        await using var node = Create(lighthouse, token.Fingerprint);
        node.Environment["ORC_JOIN_TOKEN"] = token.Token;
        await node.StartAgainAsync();
        var self = Assert.Single(await node.Client.ListNodesAsync());
        Assert.Equal(("n1", "up"), (self.Name, self.State));
        var first = await ShownAsync(self);
        Assert.Equal("n1", first.GetNameInfo(X509NameType.SimpleName, forIssuer: false));

        using var nobody = await lighthouse.Http.PostAsJsonAsync("/api/v1/renew", new RenewRequest("none"), ApiJson.Wire.RenewRequest);
        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);

        await Eventually.True(async () => (await ShownAsync(self)).SerialNumber != first.SerialNumber, "the port shows a new certificate", TimeSpan.FromSeconds(60));
        Assert.Equal(self.Incarnation, Assert.Single(await node.Client.ListNodesAsync()).Incarnation);

        // Stopped and started again it has its certificate, and the token, which is used up, is not looked at.
        await node.KillAsync();
        await node.StartAgainAsync();
    }

    [Fact]
    public async Task A_node_that_is_not_let_in_ends_and_says_what_to_do()
    {
        await using var lighthouse = await LighthouseUnderTest.StartAsync();
        var token = await lighthouse.JoinTokenAsync();
        await RefusedAsync(lighthouse, token.Token, new string('0', 64), "has another fingerprint");
        await RefusedAsync(lighthouse, "orcjoin_no-such-token", token.Fingerprint, "is not known");
        await RefusedAsync(lighthouse, token: null, token.Fingerprint, "make one with 'orchestrator-lighthouse join-token --node n1'");
    }

    private async Task RefusedAsync(LighthouseUnderTest lighthouse, string? token, string fingerprint, string said)
    {
        await using var node = Create(lighthouse, fingerprint);
        if (token is not null)
        {
            node.Environment["ORC_JOIN_TOKEN"] = token;
        }

        node.Launch();
        await Eventually.True(() => node.HasEnded && node.Log.Contains(said, StringComparison.Ordinal), $"the node ends and says: {said}", TimeSpan.FromSeconds(60));
    }

    private NodeUnderTest Create(LighthouseUnderTest lighthouse, string fingerprint) => NodeUnderTest.Create(
        "-D", "orchestrator.store=postgres", "-D", $"orchestrator.postgres.connection=\"{_connection}\"", "-D", "orchestrator.cluster.member=true", "-D", "orchestrator.cluster.port=0",
        "-D", $"orchestrator.cluster.lighthouse=\"{lighthouse.Address}\"", "-D", $"orchestrator.cluster.fingerprint=\"sha256:{fingerprint}\"");

    // A server shows its certificate before it asks for one.
    private static async Task<X509Certificate2> ShownAsync(ClusterNodeInfo node)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPEndPoint.Parse(node.Address));
        await using var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = node.Name, RemoteCertificateValidationCallback = static (_, _, _, _) => true, ApplicationProtocols = [SslApplicationProtocol.Http2] });
        return X509CertificateLoader.LoadCertificate(tls.RemoteCertificate!.Export(X509ContentType.Cert));
    }
}
