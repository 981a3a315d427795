using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Cluster.Nodes;

/// <summary>The port between nodes, as somebody meets it who has no business there.</summary>
[Collection(nameof(ClusterOfThree))]
public sealed class PeerPortTests(ThreeNodes cluster)
{
    [Fact]
    public async Task Who_shows_no_certificate_of_the_cluster_that_is_valid_now_is_refused_and_the_node_stays_up()
    {
        var port = IPEndPoint.Parse((await cluster.N1.Client.ListNodesAsync()).Single(static n => n.IsSelf).Address);
        var (member, _) = ClusterNode.CertificatesOf(cluster.Authority, "n2");
        Assert.Equal(HttpStatusCode.NotFound, await AskAsync(port, member));

        using var elsewhere = new TemporaryFolder();
        ClusterNode.FoundAuthority(elsewhere.Path);
        var (expired, _) = ClusterNode.CertificatesOf(cluster.Authority, "n2", TimeProvider.System.GetUtcNow() - TimeSpan.FromDays(3));
        foreach (var shown in new[] { null, ClusterNode.CertificatesOf(elsewhere.Path, "n2").Own, expired })
        {
            var before = Refusals();
            Assert.Null(await AskAsync(port, shown));
            await Eventually.True(() => Refusals() > before, "the log has a line about it");
        }

        foreach (var said in new[] { "GET /cluster/v1/panes/a1/output HTTP/1.1\r\nHost: n1\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\u0016\u0003\u0001 garbage\0\0\0" })
        {
            var before = Refusals();
            Assert.Empty(await SayAsync(port, said));
            await Eventually.True(() => Refusals() > before, "the log has a line about it");
        }

        Assert.Equal("ready", (await cluster.N1.Client.GetNodeAsync()).Health);
        Assert.Equal(HttpStatusCode.NotFound, await AskAsync(port, member));
    }

    private int Refusals() => cluster.N1.Log.Split("to the port between nodes was refused", StringSplitOptions.None).Length - 1;

    // Null: not even HTTP.
    private static async Task<HttpStatusCode?> AskAsync(IPEndPoint port, X509Certificate2? shown)
    {
        using var http = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, _, _, _) => true, LocalCertificateSelectionCallback = (_, _, _, _, _) => shown!, EnabledSslProtocols = SslProtocols.Tls13 },
        });
        using var request = new HttpRequestMessage(HttpMethod.Get, $"https://{port}/cluster/v1/panes/nobody/output") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        try
        {
            using var answer = await http.SendAsync(request);
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    // What a plain connection is answered before it is closed: at most an alert of TLS, which is no text.
    private static async Task<string> SayAsync(IPEndPoint port, string text)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(text));
        client.Client.Shutdown(SocketShutdown.Send);
        using var answer = new MemoryStream();
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            await stream.CopyToAsync(answer, limit.Token);
        }
        catch (IOException)
        {
            // Reset: refused as well.
        }

        const byte Alert = 21;
        return answer.Length > 0 && answer.GetBuffer()[0] == Alert ? string.Empty : Encoding.Latin1.GetString(answer.ToArray());
    }
}
