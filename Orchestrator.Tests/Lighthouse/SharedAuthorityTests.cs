using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using Npgsql;
using Orchestrator.Client;
using Orchestrator.Lighthouse.Joining;
using Orchestrator.Tests.Postgres;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Lighthouse;

/// <summary>Lighthouses on one PostgreSQL, through the real program; their role is no superuser, and the database asks for passwords.</summary>
public sealed class SharedAuthorityTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private PostgresServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await PostgresServer.StartAsync();
        var admin = _server.ConnectionTo("postgres");
        await PostgresServer.RunAsync(admin, "CREATE ROLE orchestrator LOGIN CREATEROLE");
        await PostgresServer.RunAsync(admin, "CREATE DATABASE cluster OWNER orchestrator");
        await File.WriteAllTextAsync(Path.Combine(_server.Folder, "data", "pg_hba.conf"), "local all postgres trust\nlocal all orchestrator trust\nlocal all all scram-sha-256\n");
        await PostgresServer.RunAsync(admin, "SELECT pg_reload_conf()");
        await File.WriteAllTextAsync(_folder["passphrase"], "one for all");
        File.SetUnixFileMode(_folder["passphrase"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Two_that_start_for_the_first_time_at_once_are_one_authority_and_a_token_is_good_once_with_both()
    {
        var both = await Task.WhenAll(StartAsync(), StartAsync());
        await using var first = both[0];
        await using var second = both[1];
        Assert.Equal(first.Root.Thumbprint, second.Root.Thumbprint);

        var token = (await first.JoinTokenAsync()).Token;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var csr = LighthouseUnderTest.Csr(key);
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => both[i % 2].Http.PostAsJsonAsync("/api/v1/join", new JoinRequest(token, $"n{i}", csr), JoinJson.Default.JoinRequest)));
        Assert.Single(answers, static a => a.StatusCode == HttpStatusCode.OK);
        Assert.Equal(11, answers.Count(static a => a.StatusCode == HttpStatusCode.Unauthorized));
        Assert.Contains("used before", (await second.RefusedAsync(token, "n20")).Detail, StringComparison.Ordinal);

        // A name that one has given is taken with the other, and what one was told survives it.
        var joined = Array.FindIndex(answers, static a => a.StatusCode == HttpStatusCode.OK);
        var another = (await second.JoinTokenAsync()).Token;
        await first.StopAsync();
        Assert.Equal((HttpStatusCode.Conflict, "already-exists"), await second.RefusedAsync(another, $"n{joined}") is var taken ? (taken.Status, taken.Code) : default);
        await second.StopAsync();
        await second.StartAgainAsync(Arguments());
        using var certificate = await second.JoinAsync(another, "n21");
    }

    [Fact]
    public async Task The_key_and_tokens_lie_in_the_database_and_neither_can_be_used_by_who_reads_it()
    {
        await using var lighthouse = await StartAsync();
        var token = (await lighthouse.JoinTokenAsync()).Token;
        var admin = _server.ConnectionTo("cluster");
        Assert.Contains("BEGIN ENCRYPTED PRIVATE KEY", await PostgresServer.ScalarAsync<string>(admin, "SELECT encrypted_key FROM authority"), StringComparison.Ordinal);
        Assert.DoesNotContain(token, await PostgresServer.ScalarAsync<string>(admin, "SELECT string_agg(t::text, '') FROM join_tokens t"), StringComparison.Ordinal);

        await File.WriteAllTextAsync(_folder["passphrase"], "another");
        await using var other = LighthouseUnderTest.Create();
        Assert.Contains("cannot be opened", (await other.FailToStartAsync(Arguments())).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_has_a_role_that_can_do_what_a_node_does_and_no_more()
    {
        await using var lighthouse = await StartAsync();
        var access = await JoinAsync(lighthouse, "n1");
        var node = new NpgsqlConnectionStringBuilder(access.Connection) { Username = access.User, Password = access.Password };
        await PostgresServer.RunAsync(node.ConnectionString, "INSERT INTO tags VALUES(1, 'a', 1, 'x/y'); UPDATE cluster SET format = format; SELECT orchestrator_end_sessions('orchestrator/nobody'); SELECT system_identifier FROM pg_control_system()");
        Assert.Equal(0, await PostgresServer.ScalarAsync<long>(node.ConnectionString, "SELECT count(*) FROM revocations"));
        foreach (var forbidden in new[]
        {
            "SELECT * FROM authority", "SELECT * FROM join_tokens", "SELECT * FROM certificates", "DELETE FROM revocations", "DELETE FROM journal", "UPDATE journal SET manifest = 'x'", "TRUNCATE journal", "DELETE FROM tags",
            "UPDATE schema_version SET version = 7", "CREATE TABLE mine(x int)", "DROP TABLE beats", "CREATE ROLE other", "ALTER TABLE nodes ADD COLUMN x int", "CREATE OR REPLACE FUNCTION orchestrator_position() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'",
        })
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() => PostgresServer.RunAsync(node.ConnectionString, forbidden));
            Assert.True(refused.SqlState is PostgresErrorCodes.InsufficientPrivilege, $"{forbidden}: {refused.MessageText}");
        }

        // Joining again gives another password in place of the one before.
        var again = await JoinAsync(lighthouse, "n1", "--node", "n1");
        Assert.Equal(access.User, again.User);
        await Assert.ThrowsAsync<PostgresException>(() => PostgresServer.RunAsync(node.ConnectionString, "SELECT 1"));
        node.Password = again.Password;
        await PostgresServer.RunAsync(node.ConnectionString, "SELECT 1");
    }

    [Fact]
    public async Task Who_is_revoked_is_thrown_out_of_the_database_at_once_and_may_join_again_only_by_a_token_for_it()
    {
        await using var lighthouse = await StartAsync();
        var access = await JoinAsync(lighthouse, "n1");
        var node = new NpgsqlConnectionStringBuilder(access.Connection) { Username = access.User, Password = access.Password }.ConnectionString;
        await using var session = await PostgresServer.OpenAsync(node);
        Assert.Contains("no node named n2", await lighthouse.RevokeAsync("n2", exitCode: 1), StringComparison.Ordinal);

        await lighthouse.RevokeAsync("n1");
        await Assert.ThrowsAnyAsync<NpgsqlException>(async () =>
        {
            await using var command = new NpgsqlCommand("SELECT 1", session);
            await command.ExecuteScalarAsync();
        });
        await Assert.ThrowsAsync<PostgresException>(() => PostgresServer.RunAsync(node, "SELECT 1"));
        Assert.Equal(1, await PostgresServer.ScalarAsync<long>(_server.ConnectionTo("cluster"), "SELECT count(*) FROM revocations WHERE node = 'n1' AND by = 'operator' AND reason = 'tried' AND NOT rejoined"));
        await lighthouse.RevokeAsync("n1");

        var again = await JoinAsync(lighthouse, "n1", "--node", "n1");
        await PostgresServer.RunAsync(new NpgsqlConnectionStringBuilder(again.Connection) { Username = again.User, Password = again.Password }.ConnectionString, "SELECT 1");
    }

    private static async Task<DatabaseAccess> JoinAsync(LighthouseUnderTest lighthouse, string node, params string[] words)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var answer = await lighthouse.Http.PostAsJsonAsync("/api/v1/join", new JoinRequest((await lighthouse.JoinTokenAsync(words)).Token, node, LighthouseUnderTest.Csr(key)), JoinJson.Default.JoinRequest);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync(JoinJson.Default.JoinInfo))!.Database!;
    }

    private Task<LighthouseUnderTest> StartAsync() => LighthouseUnderTest.StartAsync(Arguments());

    private string[] Arguments() =>
    [
        "-D", "orchestrator.store=postgres", "-D", $"orchestrator.postgres.connection=\"Host={_server.Folder};Username=orchestrator;Database=cluster\"", "-D", $"orchestrator.lighthouse.passphrase-file=\"{_folder["passphrase"]}\"",
    ];
}
