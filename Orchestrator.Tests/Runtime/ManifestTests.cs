using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Runtime;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Runtime;

public sealed class ManifestTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_manifests_of_the_runtime_are_the_approved_ones() => ManifestApproval.Check(new ManifestTable(), "Runtime/Fixtures/manifests.txt");

    [Fact]
    public async Task Events_of_an_older_shape_are_lifted_step_by_step_when_they_are_read()
    {
        await (await Bank.OpenAsync(_folder.Path)).DisposeAsync();
        using (var database = new SqliteDatabase(_folder["orchestrator.db"], readOnly: false))
        {
            database.Execute("""
                INSERT INTO journal(ordering, created, persistence_id, sequence_number, message, manifest, writer_uuid) VALUES
                (1, 0, 'account/a', 1, '{"cents":500}', 'account.deposited.v-1', 'old'),
                (2, 0, 'account/a', 2, '{"amount":7}', 'account.deposited.v0', 'old')
                """);
        }

        await using var bank = await Bank.OpenAsync(_folder.Path, static builder =>
        {
            builder.AddProjection(new AccountView());
            builder.Manifests
                .Upcast("account.deposited.v-1", "account.deposited.v0", static json => new JsonObject { ["amount"] = (long)json["cents"]! / 100 })
                .Upcast("account.deposited.v0", "account.deposited.v1", static json => { json["note"] = "no note"; return json; });
        });
        Assert.Equal(["no note", "no note"], (await bank.BalanceAsync("a")).Notes);
        Assert.Equal(12, (await bank.BalanceAsync("a")).Amount);
        await Eventually.True(async () => (await bank.System.Views.GetAsync<AccountRow>("accounts", "a"))?.Balance == 12, "the view shows it");
    }

    [Fact]
    public void What_is_null_is_not_written_and_not_missed_and_ids_are_written_as_text()
    {
        var command = new Explode(Switch: null, "x");
        Assert.Equal("""{"note":"x"}""", JsonSerializer.Serialize(command, PayloadJson.Options));
        Assert.Equal(command, JsonSerializer.Deserialize<Explode>("""{"note":"x"}""", PayloadJson.Options));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Explode>("{}", PayloadJson.Options));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Explode>("""{"note":null}""", PayloadJson.Options));
        var transfer = new Transfer(Account.Named("b"), 1, "x");
        Assert.Equal("""{"to":"account/b","amount":1,"note":"x"}""", JsonSerializer.Serialize(transfer, PayloadJson.Options));
        Assert.Equal(transfer, JsonSerializer.Deserialize<Transfer>("""{"to":"account/b","amount":1,"note":"x"}""", PayloadJson.Options));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Transfer>("""{"to":"nonsense","amount":1,"note":"x"}""", PayloadJson.Options));
    }

    [Fact]
    public async Task A_snapshot_of_another_shape_is_passed_over()
    {
        await using (var bank = await Bank.OpenAsync(_folder.Path, snapshotEvery: 2))
        {
            for (var i = 0; i < 5; i++)
            {
                await bank.AskAsync("a", new Deposit(1, $"n{i}"));
            }
        }

        foreach (var sql in new[] { "UPDATE snapshot SET snapshot = '{\"nonsense\":true}'", "UPDATE snapshot SET manifest = 'account.state.v0'" })
        {
            using (var database = new SqliteDatabase(_folder["orchestrator.db"], readOnly: false))
            {
                Assert.Equal("1", database.Scalar("SELECT count(*) FROM snapshot"));
                database.Execute(sql);
            }

            await using var bank = await Bank.OpenAsync(_folder.Path);
            Assert.Equal(5, (await bank.BalanceAsync("a")).Amount);
        }
    }
}
