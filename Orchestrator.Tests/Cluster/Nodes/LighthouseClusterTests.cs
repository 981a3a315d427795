using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

using Orchestrator.Actors.Identity;
using Orchestrator.Client;
using Orchestrator.Tests.Cli;
using Orchestrator.Tests.Lighthouse;
using Orchestrator.Tests.Node.Support;
using Orchestrator.Tests.Postgres;
using Orchestrator.Tests.Support;

using Xunit.Abstractions;

namespace Orchestrator.Tests.Cluster.Nodes;

/// <summary>Two nodes that have joined through a lighthouse on their database, without being told where that is; all as processes of their own.</summary>
public sealed class LighthouseClusterTests(LighthouseClusterTests.JoinedNodes cluster, ITestOutputHelper output) : IClassFixture<LighthouseClusterTests.JoinedNodes>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task The_front_door_serves_the_whole_cluster_to_who_trusts_its_authority()
    {
        using var orc = new Orc();
        orc.Environment["ORC_URL"] = cluster.Lighthouse.Address.ToString();
        orc.Environment["ORC_TOKEN"] = (await File.ReadAllTextAsync(Path.Combine(cluster.N1.Data, "cli.token"))).Trim();
        (await orc.RunAsync("ls")).Expect(3);
        orc.Environment["ORC_CA"] = Path.Combine(cluster.N1.Data, "cluster", "ca.pem");
        Assert.Contains("lighthouse", (await orc.RunAsync("node", "ls")).Expect(0), StringComparison.Ordinal);
        (await orc.RunAsync("spawn", "door", "--profile", "demo", "--node", "n2", "--folder", cluster.N2.Work, "--wait")).Expect(0);
        Assert.Contains("n2", (await orc.RunAsync("ls")).Expect(0), StringComparison.Ordinal);
        (await orc.RunAsync("send", "door", "hello through the door", "--wait", "idle")).Expect(0);
        Assert.Contains("hello through the door", (await orc.RunAsync("output", "door")).Expect(0), StringComparison.Ordinal);
        (await orc.RunAsync("explain", "door")).Expect(0);
        (await orc.RunAsync("stop", "door")).Expect(0);
        Assert.Contains("would not hear the answer", (await orc.RunAsync("node", "revoke", "n1", "--url", cluster.N1.Client.Connection.Address.ToString())).Fails(1), StringComparison.Ordinal);

        // It owns nothing, and lets in nobody without a token.
        var nodes = await cluster.N1.Client.ListNodesAsync();
        Assert.Equal(0, nodes.Single(static n => n.Roles.Contains("lighthouse")).Shards);
        Assert.Equal(64, nodes.Sum(static n => n.Shards));
        foreach (var (path, expected) in new[] { ("/api/v1/agents", HttpStatusCode.Unauthorized), ("/api/v1/events", HttpStatusCode.Unauthorized), ("/health/live", HttpStatusCode.OK), ("/", HttpStatusCode.OK) })
        {
            using var answer = await cluster.Lighthouse.Http.GetAsync(path);
            Assert.True(answer.StatusCode == expected, $"{path}: {answer.StatusCode}");
        }
    }

    [Fact]
    public async Task A_team_is_deployed_through_the_front_door_where_a_node_reads_its_file()
    {
        using var orc = new Orc();
        orc.Environment["ORC_URL"] = cluster.Lighthouse.Address.ToString();
        orc.Environment["ORC_TOKEN"] = (await File.ReadAllTextAsync(Path.Combine(cluster.N1.Data, "cli.token"))).Trim();
        orc.Environment["ORC_CA"] = Path.Combine(cluster.N1.Data, "cluster", "ca.pem");
        using var folder = new TemporaryFolder();
        var file = folder["shop.conf"];
        await File.WriteAllTextAsync(file, "template = \"\"\nmembers { lead { profile = nothing } }");
        Assert.Contains("there is no profile 'nothing'", (await orc.RunAsync("team", "deploy", file, "--name", "shop", "--project", cluster.N1.Work)).Fails(1), StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, "members {");
        Assert.Contains(file, (await orc.RunAsync("team", "deploy", file, "--name", "shop", "--project", cluster.N1.Work)).Fails(1), StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, "template = \"\"\nmembers { lead { role = project_manager, profile = demo, node = n1 }, dev { reports-to = lead, profile = demo, node = n1 } }");
        (await orc.RunAsync("team", "deploy", file, "--name", "shop", "--project", cluster.N1.Work, "--wait")).Expect(0);
        foreach (var member in new[] { "shop-lead", "shop-dev" })
        {
            await cluster.N2.AgentIs(member, static a => a is { State: "idle" or "busy", Node: "n1" }, "is up on n1", Patience);
        }

        Assert.Contains("You report to shop-lead.", (await cluster.N2.Client.ListMessagesAsync("shop-dev"))[0].Text, StringComparison.Ordinal);
        (await orc.RunAsync("team", "rm", "shop", "--yes")).Expect(0);
    }

    [Fact]
    public async Task A_member_has_nobody_revoked_without_a_token_that_permits_it()
    {
        var nodes = await cluster.N1.Client.ListNodesAsync();
        var lighthouse = nodes.Single(static n => n.Roles.Contains("lighthouse")).Address;
        using var http = As(cluster.N1);
        var weak = Secret.NewToken();
        await cluster.N1.Client.AskActorAsync(new AskRequest($"token/{Secret.HashOf(weak)}", "command.token.issue.v1", JsonSerializer.SerializeToElement(new { name = "weak", scopes = new[] { Scopes.AgentsRead, Scopes.SystemWrite } })));
        foreach (var token in new[] { string.Empty, "nonsense", Secret.NewToken(), weak })
        {
            using var refused = await http.PostAsJsonAsync($"https://{lighthouse}/cluster/v1/revocations", new { node = "n2", reason = "tried", token });
            Assert.Contains("forbidden", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        using var unread = await http.PostAsJsonAsync($"https://{lighthouse}/cluster/v1/revocations", new { node = "n2" });
        Assert.Equal(HttpStatusCode.Conflict, unread.StatusCode);
        using var elsewhere = await http.PostAsJsonAsync($"https://{nodes.Single(static n => n.Name == "n2").Address}/cluster/v1/revocations", new { node = "n2", reason = "tried", token = weak });
        Assert.Equal(HttpStatusCode.NotFound, elsewhere.StatusCode);
        Assert.Equal(0, await PostgresServer.ScalarAsync<long>(cluster.Connection, "SELECT count(*) FROM revocations WHERE reason = 'tried'"));
    }

    [Fact]
    public async Task Without_any_lighthouse_the_cluster_works_on()
    {
        var file = Path.Combine(cluster.N1.Data, "cluster", "database.json");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(2, await cluster.RolesAsync());

        await cluster.Lighthouse.StopAsync();
        Assert.Contains("only a lighthouse can revoke a node, and none", (await Assert.ThrowsAsync<ApiException>(() => cluster.N1.Client.RevokeNodeAsync("n2"))).Message, StringComparison.Ordinal);
        var agent = await ThreeNodes.SpawnAsync(cluster.N1, cluster.N2, "steady", "n2");
        var sent = await cluster.N1.Client.SendMessageAsync(new SendRequest { To = agent.Name, Text = "hello" });
        await cluster.N1.MessageIs(sent.Id, ["confirmed"], Patience);

        // A node is started anew without one.
        await cluster.N2.StopAsync();
        await cluster.N2.StartAgainAsync();
        await cluster.N1.AgentIs(agent.Name, static a => a.State == "idle", "is idle again", Patience);
        await cluster.StartLighthouseAsync();
    }

    [Fact]
    public async Task A_revoked_node_is_down_and_nobody_believes_it_any_more_until_it_has_joined_again()
    {
        using var shown = Own(cluster.N2);
        var port = (await cluster.N1.Client.ListNodesAsync()).Single(static n => n.Name == "n1").Address;
        await using (var before = await ConnectAsync(port, shown))
        {
            using var orc = new Orc();
            orc.Environment["ORC_TOKEN"] = (await File.ReadAllTextAsync(Path.Combine(cluster.N1.Data, "cli.token"))).Trim();

            // Through a node, which passes it on; said once more through the lighthouse it changes nothing.
            (await orc.RunAsync("node", "revoke", "n2", "--reason", "stolen", "--url", cluster.N1.Client.Connection.Address.ToString())).Expect(0);
            (await orc.RunAsync("node", "revoke", "n2", "--reason", "again", "--url", cluster.Lighthouse.Address.ToString(), "--ca", Path.Combine(cluster.N1.Data, "cluster", "ca.pem"))).Expect(0);
            Assert.Equal("client:cli", await PostgresServer.ScalarAsync<string>(cluster.Connection, "SELECT DISTINCT by FROM revocations WHERE node = 'n2' AND reason = 'stolen'"));

            // What was open is closed, without a word.
            Assert.True(await EndsAsync(before), "the connection that was open is closed");
        }

        await Eventually.True(
            async () => (await cluster.N1.Client.ReadJournalAsync("node/n2")).Any(static e => e.Type == "node.revoked.v1" && e.Data.GetProperty("by").GetString() == "client:cli" && e.Data.GetProperty("reason").GetString() == "stolen"),
            "the history of the node says who revoked it and why",
            Patience);
        Assert.Equal(1, await cluster.RolesAsync());
        Assert.Equal(0, await PostgresServer.ScalarAsync<long>(cluster.Connection, "SELECT count(*) FROM pg_stat_activity WHERE usename LIKE 'orc\\_%\\_n2' OR application_name LIKE 'orchestrator/n2/%'"));
        await Eventually.Value(async () => await cluster.N1.Client.ListNodesAsync(), static nodes => nodes.Any(static n => n is { Name: "n2", State: "down" }) && nodes.Single(static n => n.Name == "n1").Shards == 64, "n2 is down, and n1 has its shards", Patience);
        var lines = Refusals();
        Assert.False(await IsAdmittedAsync(port, shown));
        await Eventually.True(() => Refusals() > lines, "the refusal is in the log");
        Assert.False(cluster.N2.HasEnded);

        using var renewal = await RenewAsync(shown);
        Assert.Equal(HttpStatusCode.Unauthorized, renewal.StatusCode);
        Assert.Contains("revoked", await renewal.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        // It is asked to stop, and does: nothing that it might still tell anybody would be taken from it.
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await cluster.N2.StopAsync();
        output.WriteLine($"the revoked node stopped within {watch.Elapsed.TotalSeconds:0.0} s");
        Directory.Delete(Path.Combine(cluster.N2.Data, "cluster"), recursive: true);
        cluster.N2.Environment["ORC_JOIN_TOKEN"] = (await cluster.Lighthouse.JoinTokenAsync("--node", "n2")).Token;
        await cluster.N2.StartAgainAsync();
        using var renewed = Own(cluster.N2);
        Assert.True(await IsAdmittedAsync(port, renewed));
        Assert.False(await IsAdmittedAsync(port, shown));
    }

    private int Refusals() => cluster.N1.Log.Split("to the port between nodes was refused").Length - 1;

    private async Task<HttpResponseMessage> RenewAsync(X509Certificate2 shown)
    {
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => shown;
        using var http = new HttpClient(handler) { BaseAddress = cluster.Lighthouse.Address };
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return await http.PostAsJsonAsync("/api/v1/renew", new RenewRequest(LighthouseUnderTest.Csr(key)), ApiJson.Wire.RenewRequest);
    }

    // A member that talks to the port of another one as it likes.
    private static HttpClient As(NodeUnderTest node)
    {
        var shown = Own(node);
        var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => shown;
        return new HttpClient(handler) { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
    }

    private static X509Certificate2 Own(NodeUnderTest node)
    {
        using var pem = X509Certificate2.CreateFromPemFile(Path.Combine(node.Data, "cluster", "node.pem"));
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), password: null);
    }

    private static async Task<SslStream> ConnectAsync(string address, X509Certificate2 shown)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPEndPoint.Parse(address));
        var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "n1",
            RemoteCertificateValidationCallback = static (_, _, _, _) => true,
            LocalCertificateSelectionCallback = (_, _, _, _, _) => shown,
            ApplicationProtocols = [SslApplicationProtocol.Http2],
        });
        await tls.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0"u8.ToArray());
        return tls;
    }

    // Whether the other side says something of HTTP/2: a client in TLS 1.3 learns only so that it was let in.
    private static async Task<bool> IsAdmittedAsync(string address, X509Certificate2 shown)
    {
        try
        {
            await using var tls = await ConnectAsync(address, shown);
            return await tls.ReadAsync(new byte[9]) > 0;
        }
        catch (Exception e) when (e is IOException or SocketException or System.Security.Authentication.AuthenticationException)
        {
            return false;
        }
    }

    private static async Task<bool> EndsAsync(SslStream tls)
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            var buffer = new byte[1024];
            while (await tls.ReadAsync(buffer, limit.Token) > 0)
            {
            }

            return true;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return true;
        }
    }

    /// <summary>The cluster.</summary>
    public sealed class JoinedNodes : IAsyncLifetime
    {
        internal string Connection { get; private set; } = string.Empty;

        internal LighthouseUnderTest Lighthouse { get; } = LighthouseUnderTest.Create();

        internal NodeUnderTest N1 { get; private set; } = null!;

        internal NodeUnderTest N2 { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Connection = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
            await StartLighthouseAsync();
            N1 = await JoinAsync("n1");
            N2 = await JoinAsync("n2");
        }

        public async Task DisposeAsync()
        {
            await N1.DisposeAsync();
            await N2.DisposeAsync();
            await Lighthouse.DisposeAsync();
            await PostgresServer.DropDatabaseAsync(Connection);
        }

        // At the address that the nodes know, from the second time on.
        internal Task StartLighthouseAsync() => Lighthouse.StartAgainAsync("--port", $"{Lighthouse.Address.Port}", "-D", "orchestrator.store=postgres", "-D", $"orchestrator.postgres.connection=\"{Connection}\"");

        internal Task<long> RolesAsync() => PostgresServer.ScalarAsync<long>(Connection, "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'orc_' || (SELECT oid FROM pg_database WHERE datname = current_database()) || '_n%'");

        // At the first address there is no lighthouse: the second is asked.
        private async Task<NodeUnderTest> JoinAsync(string name)
        {
            var token = await Lighthouse.JoinTokenAsync("--node", name);
            var node = NodeUnderTest.Create(
                "-D", $"orchestrator.node.name={name}", "-D", "orchestrator.store=postgres", "-D", "orchestrator.cluster.member=true", "-D", "orchestrator.cluster.port=0",
                "-D", $"orchestrator.cluster.lighthouse=\"https://127.0.0.1:1, {Lighthouse.Address}\"", "-D", $"orchestrator.cluster.fingerprint=\"sha256:{token.Fingerprint}\"");
            node.Environment["ORC_JOIN_TOKEN"] = token.Token;
            try
            {
                await node.StartAgainAsync();
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"{name} did not start: {node.Log}", e);
            }

            return node;
        }
    }
}
