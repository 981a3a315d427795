using System.Globalization;

using Npgsql;

using Orchestrator.Runtime;
using Orchestrator.Tests.Postgres;
using Orchestrator.Tests.Runtime;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Cluster.Chaos;

/// <summary>
/// For each protection of a cluster the directed scenario that does damage without it. Nothing of the product switches one off: it is taken out of the test's own database, or out of the test's own member.
/// Each gives what is wrong then, a line each with its kind before the colon; nothing if all is well.
/// </summary>
internal static class ProtectionScenarios
{
    private static readonly TimeSpan Generous = TimeSpan.FromMinutes(2);

    /// <summary>By the name that <c>./chaos --without</c> takes: the kind of damage, and the scenario, with the protection or without.</summary>
    public static IReadOnlyDictionary<string, (string Damage, Func<bool, Task<IReadOnlyList<string>>> RunAsync)> All { get; } = new Dictionary<string, (string, Func<bool, Task<IReadOnlyList<string>>>)>(StringComparer.Ordinal)
    {
        ["fence"] = ("fenced", FenceAsync),
        ["epoch"] = ("fenced", EpochAsync),
        ["horizon"] = ("unseen", HorizonAsync),
        ["deadline"] = ("stale", DeadlineAsync),
        ["dedupe"] = ("doubled", DedupeAsync),
        ["durable"] = ("lost", DurableAsync),
    };

    /// <summary>A node that is marked down while it stands still has a command before it when it goes on.</summary>
    private static async Task<IReadOnlyList<string>> FenceAsync(bool protect)
    {
        await using var pair = await PairOfMembers.StartAsync(protect ? null : Fence("PERFORM 1"));
        var account = pair.B.OwnAccount();
        await pair.B.AskAsync(account, new Deposit(1, "before"));
        pair.Membership.Hold();
        await pair.MarkedDownAsync();
        await TryAsync(() => pair.B.System.AskHereAsync(Account.Named(account), new Deposit(1, "late"), Bank.NewId(), Bank.Client));
        pair.Membership.Release();
        return (await OwnersLog.ReadAsync(pair.Connection)).Findings;
    }

    /// <summary>A node that is up has lost a shard behind its back, and has a command for it before it.</summary>
    private static async Task<IReadOnlyList<string>> EpochAsync(bool protect)
    {
        await using var pair = await PairOfMembers.StartAsync(protect ? null : Fence("PERFORM 1 FROM nodes WHERE name = node AND incarnation = wanted AND state IN ('up', 'leaving') FOR SHARE; IF NOT FOUND THEN RAISE EXCEPTION 'down' USING ERRCODE = 'OR001'; END IF"));
        var account = pair.B.OwnAccount();
        await pair.B.AskAsync(account, new Deposit(1, "before"));
        pair.Membership.HoldLooks();
        await PostgresServer.RunAsync(pair.Connection, string.Create(CultureInfo.InvariantCulture, $"UPDATE shards SET owner = 'a', incarnation = {pair.A.System.Self!.Incarnation}, epoch = epoch + 1 WHERE shard = {Account.Named(account).Shard}"));
        await TryAsync(() => pair.B.System.AskHereAsync(Account.Named(account), new Deposit(1, "late"), Bank.NewId(), Bank.Client));
        pair.Membership.Release();

        // It sees that the shard is gone, and takes it anew when the other has handed it over.
        await Eventually.True(async () => await TryAsync(() => pair.A.AskAsync(account, new Deposit(1, "after"))) is not null, "the shard is served again", Generous);
        return (await OwnersLog.ReadAsync(pair.Connection)).Findings;
    }

    /// <summary>A transaction that began first commits last, after what began later was shown.</summary>
    private static async Task<IReadOnlyList<string>> HorizonAsync(bool protect)
    {
        const string Key = "20262";
        await using var pair = await PairOfMembers.StartAsync(
            // A member's write waits, when it has its place in the order, for as long as the test holds the lock.
            $"""
            CREATE FUNCTION chaos_hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF current_setting('application_name') LIKE 'orchestrator/b/%' THEN PERFORM pg_advisory_xact_lock_shared({Key}); END IF; RETURN NULL; END $$;
            CREATE TRIGGER chaos_hold AFTER INSERT ON journal FOR EACH STATEMENT EXECUTE FUNCTION chaos_hold();
            """,
            protect ? null : "CREATE FUNCTION public.pg_snapshot_xmin(pg_snapshot) RETURNS xid8 LANGUAGE sql AS 'SELECT pg_catalog.pg_snapshot_xmax($1)'; DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = public, pg_catalog', current_database()); END $$");
        var (first, second) = (pair.B.OwnAccount(), pair.A.OwnAccount());
        Task<Answer> slow;
        await using (var holder = await PostgresServer.OpenAsync(pair.Connection))
        {
            await RunAsync(holder, $"SELECT pg_advisory_lock({Key})");
            slow = pair.B.AskAsync(first, new Deposit(1, "began first"));
            await Eventually.True(async () => await PostgresServer.ScalarAsync<long>(pair.Connection, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())") > 0, "the first one waits before its commit", Generous);
            var quick = await pair.A.AskAsync(second, new Deposit(1, "began second"));
            if (!protect)
            {
                await pair.A.System.Views.WaitForAsync(quick.Position).WaitAsync(Generous);
            }

            await RunAsync(holder, $"SELECT pg_advisory_unlock({Key})");
        }

        await slow;
        var last = await pair.A.AskAsync(second, new Deposit(1, "the last"));
        await pair.A.System.Views.WaitForAsync(last.Position).WaitAsync(Generous);
        var shown = await pair.A.System.Views.GetAsync<AccountRow>("accounts", first);
        return shown is { Balance: 1 } ? [] : [$"unseen: {first} was acknowledged a deposit, and the view that has come past it shows {shown?.Balance ?? 0}"];
    }

    /// <summary>A node that stood still answers a query before it has heard that others went on without it.</summary>
    private static async Task<IReadOnlyList<string>> DeadlineAsync(bool protect)
    {
        await using var pair = await PairOfMembers.StartAsync();
        var account = pair.B.OwnAccount();
        await pair.B.AskAsync(account, new Deposit(1, "before"));
        pair.Membership.Hold();
        await pair.MarkedDownAsync();
        await pair.A.AskAsync(account, new Deposit(1, "after"));
        if (!protect)
        {
            pair.B.System.Host.Deadline!.Confirmed(ActionDeadline.Boottime() + (long)TimeSpan.FromHours(1).TotalNanoseconds);
        }

        var answer = await TryAsync(() => pair.B.System.QueryHereAsync(Account.Named(account), new GetBalance()));
        pair.Membership.Release();
        return answer is Balance { Amount: not 2 } stale ? [$"stale: b answered a balance of {stale.Amount} after a deposit to 2 had been acknowledged"] : [];
    }

    /// <summary>A client that does not know whether its command was taken sends it again, and finds another owner.</summary>
    private static async Task<IReadOnlyList<string>> DedupeAsync(bool protect)
    {
        await using var pair = await PairOfMembers.StartAsync(protect
            ? null
            : "CREATE FUNCTION chaos_forget() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; CREATE TRIGGER chaos_forget BEFORE INSERT ON processed FOR EACH ROW EXECUTE FUNCTION chaos_forget()");
        var account = pair.B.OwnAccount();
        var id = Bank.NewId();
        await pair.A.AskAsync(account, new Deposit(1, "once"), id);
        pair.Membership.Hold();
        await pair.MarkedDownAsync();
        await pair.A.AskAsync(account, new Deposit(1, "once"), id);
        var notes = (await pair.A.BalanceAsync(account)).Notes;
        pair.Membership.Release();
        return notes.Count == 1 ? [] : [$"doubled: one command that was sent twice was done {notes.Count} times"];
    }

    /// <summary>The database is killed right after an acknowledgement.</summary>
    private static async Task<IReadOnlyList<string>> DurableAsync(bool protect)
    {
        // Whatever a session has set, a commit of this database is acknowledged before it is on the disk.
        const string Lax = """
            CREATE FUNCTION chaos_lax() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM set_config('synchronous_commit', 'off', true); RETURN NULL; END $$;
            DO $$ DECLARE t record; BEGIN FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
                EXECUTE format('CREATE TRIGGER chaos_lax AFTER INSERT OR UPDATE OR DELETE ON %I FOR EACH STATEMENT EXECUTE FUNCTION chaos_lax()', t.tablename); END LOOP; END $$;
            """;
        await using var database = await ChaosDatabase.StartAsync([], string.Empty, megabytes: null);
        using var folder = new TemporaryFolder();
        ClusterNode.FoundAuthority(folder.Path);
        await using var node = await ClusterNode.StartAsync(database.Connection, "a", folder.Path);
        await Eventually.True(() => node.System.OwnedShards.Count == EntityId.ShardCount, "it owns all shards", Generous);
        if (!protect)
        {
            await PostgresServer.RunAsync(database.Connection, Lax);
        }

        // Seldom something else has just brought it to the disk in time.
        for (var kill = 0; kill < 3; kill++)
        {
            var id = Bank.NewId();
            await Eventually.True(async () => await TryAsync(() => node.AskAsync("x", new Deposit(1, "acknowledged"), id)) is not null, "the deposit is acknowledged", Generous);
            await database.KillAsync();
            await database.LaunchAsync();
            if (await PostgresServer.ScalarAsync<long>(database.Connection, $"SELECT count(*) FROM processed WHERE command_id = '{id.Value}'") == 0)
            {
                return ["lost: what was acknowledged is not in the database any more"];
            }
        }

        return [];
    }

    private static string Fence(string body) => $"CREATE OR REPLACE FUNCTION orchestrator_fence(node text, wanted bigint, written smallint[], epochs bigint[]) RETURNS void LANGUAGE plpgsql AS $$ BEGIN {body}; END $$";

    /// <summary>A node that is no longer what it was may refuse.</summary>
    private static async Task<object?> TryAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask().WaitAsync(Generous);
        }
        catch (Exception e) when (e is StoreUnavailableException or NotOwnerException)
        {
            return null;
        }
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Two members, the second of which can be held, on a database that writes down who owns what.</summary>
    private sealed class PairOfMembers : IAsyncDisposable
    {
        private static readonly Lock Gate = new();
        private static Task<PostgresServer>? _server;
        private readonly TemporaryFolder _folder = new();

        public ClusterNode A { get; private set; } = null!;

        public ClusterNode B { get; private set; } = null!;

        public HeldMembership Membership { get; private set; } = null!;

        public required string Connection { get; init; }

        /// <param name="changes">What is done to the database once it has its tables.</param>
        public static async Task<PairOfMembers> StartAsync(params string?[] changes)
        {
            var pair = new PairOfMembers { Connection = await (await ServerAsync()).CreateDatabaseAsync() };
            ClusterNode.FoundAuthority(pair._folder.Path);
            await using (await ClusterNode.StartAsync(pair.Connection, "a", pair._folder.Path))
            {
                // It has made the tables.
            }

            foreach (var change in changes.OfType<string>())
            {
                await PostgresServer.RunAsync(pair.Connection, change);
            }

            await OwnersLog.StartAsync(pair.Connection);
            pair.A = await ClusterNode.StartAsync(pair.Connection, "a", pair._folder.Path, static builder => builder.AddProjection(new AccountView()));
            pair.B = await ClusterNode.StartAsync(pair.Connection, "b", pair._folder.Path, builder =>
            {
                builder.AddProjection(new AccountView());
                pair.Membership = new HeldMembership(builder.Cluster!.Store);
                builder.Cluster = new ClusterOptions { Store = pair.Membership, Peers = builder.Cluster.Peers, Address = builder.Cluster.Address };
            });
            await Eventually.True(() => pair.A.System.OwnedShards.Count > 0 && pair.B.System.OwnedShards.Count > 0 && pair.A.System.OwnedShards.Count + pair.B.System.OwnedShards.Count == EntityId.ShardCount, "both own shards", Generous);
            return pair;
        }

        /// <summary>Waits until the first has marked the second down and owns all.</summary>
        public Task MarkedDownAsync() => Eventually.True(() => A.System.OwnedShards.Count == EntityId.ShardCount, "a owns all shards", Generous);

        public async ValueTask DisposeAsync()
        {
            await B.DisposeAsync();
            await A.DisposeAsync();
            await PostgresServer.DropDatabaseAsync(Connection);
            _folder.Dispose();
        }

        // One for all, which ends with this process.
        private static Task<PostgresServer> ServerAsync()
        {
            lock (Gate)
            {
                return _server ??= PostgresServer.StartAsync("track_commit_timestamp=on");
            }
        }
    }
}
