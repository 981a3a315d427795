using Orchestrator.Runtime;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Runtime;

/// <summary>One command, one entity, one commit fails: everything else goes on, and nothing is lost or done twice.</summary>
public sealed class FailureTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_poisonous_ask_is_refused_set_aside_and_refused_again_while_the_others_go_on()
    {
        await using var bank = await Bank.OpenAsync(_folder.Path);
        var id = Bank.NewId();
        var before = bank.AskAsync("a", new Deposit(1, "before"));
        var poison = bank.AskAsync("a", new Explode(Switch: null, "never"), id);
        var after = bank.AskAsync("a", new Deposit(1, "after"));
        Assert.Equal(RefusalCodes.Poison, Assert.IsType<Refused>((await poison).Reply).Code);
        Assert.Contains("boom", Assert.IsType<Refused>((await poison).Reply).Reason, StringComparison.Ordinal);
        await before;
        await after;
        Assert.True((await bank.AskAsync("a", new Explode(Switch: null, "never"), id)).Repeated);
        Assert.Equal(["before", "after"], (await bank.BalanceAsync("a")).Notes);
        var letter = Assert.Single(await bank.System.DeadLetters.ListAsync());
        Assert.Equal((id, 3, "account.explode.v1"), (letter.CommandId, letter.Attempts, letter.Manifest));
    }

    [Fact]
    public async Task A_poisonous_tell_is_set_aside_and_can_be_sent_again_once_the_cause_is_gone()
    {
        await using var bank = await Bank.OpenAsync(_folder.Path);
        bank.Behavior.Switches.Add("broken");
        await bank.AskAsync("a", new Deposit(1, "before"));
        await bank.TellAsync("a", new Explode("broken", "mended"));
        await bank.TellAsync("a", new Deposit(1, "after"));
        await bank.NotedAsync("a", "before", "after");
        var letter = (await Eventually.Value(async () => await bank.System.DeadLetters.ListAsync(), static letters => letters.Count == 1, "a dead letter"))[0];
        bank.Behavior.Switches.Clear();
        Assert.True(await bank.System.DeadLetters.ResendAsync(letter.Id));
        Assert.False(await bank.System.DeadLetters.ResendAsync(letter.Id));
        await bank.NotedAsync("a", "before", "after", "mended");
        Assert.Empty(await bank.System.DeadLetters.ListAsync());
    }

    [Fact]
    public async Task A_command_that_fails_twice_and_then_works_keeps_its_place()
    {
        await using var bank = await Bank.OpenAsync(_folder.Path, static builder => builder.Options.MaximumAttempts = 1000);
        bank.Behavior.Switches.Add("broken");
        var first = bank.AskAsync("a", new Explode("broken", "first"));
        var second = bank.AskAsync("a", new Deposit(1, "second"));
        await Eventually.True(() => bank.System.Inspection.Entities() is [{ Restarts: > 1, Condition: EntityCondition.BackingOff }], "the entity starts again and again");
        bank.Behavior.Switches.Clear();
        await first;
        await second;
        Assert.Equal(["first", "second"], (await bank.BalanceAsync("a")).Notes);
    }

    [Fact]
    public async Task Effects_that_cannot_be_written_are_the_failure_of_their_command_alone()
    {
        await using var bank = await Bank.OpenAsync(_folder.Path);
        var poison = bank.AskAsync("a", new SayUnspeakable("x"));
        var good = bank.AskAsync("a", new Deposit(1, "good"));
        var unknownKind = bank.AskAsync("a", new Transfer(new EntityId("nobody", "x"), 1, "x"));
        Assert.Equal(RefusalCodes.Poison, Assert.IsType<Refused>((await poison).Reply).Code);
        Assert.Equal(RefusalCodes.Poison, Assert.IsType<Refused>((await unknownKind).Reply).Code);
        await good;
        Assert.Equal(["good"], (await bank.BalanceAsync("a")).Notes);
    }

    [Fact]
    public async Task A_write_that_the_store_refuses_is_found_by_halving_and_set_aside_alone()
    {
        using var gate = new ManualResetEventSlim();
        await using var bank = await OpenAsync(static journal => new InvalidOperationException("the store chokes"), gate);
        var before = bank.AskAsync("gate", new Deposit(1, "opens the gate"));
        await Eventually.True(() => bank.Gated, "the first commit waits at the gate");
        var asks = Enumerable.Range(0, 40).Select(i => bank.Bank.AskAsync($"a{i % 20}", new Deposit(1, i == 13 ? "choke" : $"n{i}"))).ToArray();
        await Eventually.True(async () => (await bank.Bank.System.Inspection.HealthAsync()).Writes >= 20, "the others wait for the next commit");
        gate.Set();
        var answers = await Task.WhenAll(asks);
        await before;
        Assert.Equal([13], answers.Index().Where(static answer => answer.Item.Reply is Refused).Select(static answer => answer.Index));
        Assert.Equal(["n33"], (await bank.Bank.BalanceAsync("a13")).Notes);
        Assert.Equal(["n12", "n32"], (await bank.Bank.BalanceAsync("a12")).Notes);
        Assert.Contains("the store chokes", Assert.Single(await bank.Bank.System.DeadLetters.ListAsync()).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_commit_of_unknown_outcome_is_looked_up_and_neither_lost_nor_done_twice(bool committed)
    {
        var lost = 0;
        await using var bank = await Bank.OpenAsync(_folder.Path, builder =>
        {
            builder.AddProjection(new AccountView());
            Wrap(builder, journal =>
            {
                Exception? Lose(IReadOnlyList<JournalWrite> batch) => batch.Any(static write => write is TurnWrite or InboxWrite) && Interlocked.Increment(ref lost) % 3 == 1 ? new OutcomeUnknownException("connection lost") : null;
                journal.After = committed ? Lose : journal.After;
                journal.Before = committed ? journal.Before : Lose;
            });
        });
        for (var i = 0; i < 20; i++)
        {
            var answer = await bank.AskAsync("a", new Deposit(1, $"n{i}"));
            Assert.IsType<Balance>(answer.Reply);
            await bank.TellAsync("b", new Transfer(Account.Named("c"), 1, $"n{i}"));
        }

        Assert.True(lost > 10);
        string[] notes = [.. Enumerable.Range(0, 20).Select(static i => $"n{i}")];
        await bank.NotedAsync("a", notes);
        await bank.NotedAsync("c", notes);
        Assert.Equal(-20, (await bank.BalanceAsync("b")).Amount);
        await Eventually.True(async () => (await bank.System.Views.GetAsync<AccountRow>("accounts", "c"))?.Balance == 20, "the view shows it");
    }

    [Fact]
    public async Task While_the_store_takes_nothing_nothing_is_acknowledged_and_afterwards_all_goes_on()
    {
        var full = false;
        await using var bank = await Bank.OpenAsync(_folder.Path, builder => Wrap(builder, journal => journal.Before = _ => full ? new StoreUnavailableException("disk full") : null));
        await bank.AskAsync("a", new Transfer(Account.Named("b"), 1, "first"));
        full = true;
        var id = Bank.NewId();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => bank.AskAsync("a", new Deposit(1, "second"), id));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => bank.TellAsync("a", new Deposit(1, "third")));
        full = false;
        await bank.AskAsync("a", new Deposit(1, "second"), id);
        await bank.TellAsync("a", new Deposit(1, "third"));
        await bank.NotedAsync("a", "second", "third");
        await bank.NotedAsync("b", "first");
    }

    [Fact]
    public async Task An_entity_that_this_version_cannot_read_is_quarantined_and_keeps_its_inbox()
    {
        await using (var bank = await Bank.OpenAsync(_folder.Path))
        {
            await bank.AskAsync("new", new Deposit(1, "x"));
            await bank.AskAsync("old", new Deposit(1, "x"));
        }

        using (var database = new SqliteDatabase(_folder["orchestrator.db"], readOnly: false))
        {
            database.Execute("UPDATE journal SET manifest = 'account.deposited.v99' WHERE persistence_id = 'account/new'");
        }

        await using (var bank = await Bank.OpenAsync(_folder.Path))
        {
            var e = await Assert.ThrowsAsync<EntityQuarantinedException>(() => bank.AskAsync("new", new Deposit(1, "y")));
            Assert.Contains("account.deposited.v99", e.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<EntityQuarantinedException>(() => bank.BalanceAsync("new"));
            await bank.TellAsync("new", new Deposit(1, "kept"));
            await bank.AskAsync("old", new Transfer(Account.Named("new"), 1, "kept too"));
            Assert.Equal(["x"], (await bank.BalanceAsync("old")).Notes);
            var health = await bank.System.Inspection.HealthAsync();
            Assert.Equal(Account.Named("new"), Assert.Single(health.Quarantined).Id);
            Assert.Equal(2, health.InboxRows);
        }

        using (var database = new SqliteDatabase(_folder["orchestrator.db"], readOnly: false))
        {
            database.Execute("UPDATE journal SET manifest = 'account.deposited.v1' WHERE persistence_id = 'account/new'");
        }

        await using var mended = await Bank.OpenAsync(_folder.Path);
        await mended.NotedAsync("new", "x", "kept", "kept too");
    }

    [Fact]
    public async Task A_second_writer_of_an_entity_is_noticed_and_its_events_are_taken_in()
    {
        await using var bank = await Bank.OpenAsync(_folder.Path);
        await bank.AskAsync("a", new Deposit(1, "mine"));
        using (var database = new SqliteDatabase(_folder["orchestrator.db"], readOnly: false))
        {
            database.Execute("""
                INSERT INTO journal(ordering, created, persistence_id, sequence_number, message, manifest, writer_uuid)
                VALUES(1000, 0, 'account/a', 2, '{"amount":1,"note":"theirs"}', 'account.deposited.v1', 'other')
                """);
        }

        await bank.AskAsync("a", new Deposit(1, "mine again"));
        Assert.Equal(["mine", "theirs", "mine again"], (await bank.BalanceAsync("a")).Notes);
    }

    [Fact]
    public async Task A_store_that_breaks_says_so_once_and_acknowledges_nothing_more()
    {
        var broke = 0;
        await using var bank = await Bank.OpenAsync(_folder.Path);
        bank.System.StoreBroke += (_, _) => Interlocked.Increment(ref broke);
        await bank.AskAsync("a", new Deposit(1, "x"));
        bank.Sqlite.BreakForTest();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => bank.AskAsync("a", new Deposit(1, "y")));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => bank.TellAsync("a", new Deposit(1, "z")));
        await Eventually.True(() => broke == 1, "the host is told");
        Assert.Equal(JournalState.Broken, (await bank.System.Inspection.HealthAsync()).Store.State);
    }

    [Fact]
    public async Task A_node_whose_store_is_away_stops_without_waiting_for_it()
    {
        FaultyJournal? store = null;
        var bank = await Bank.OpenAsync(_folder.Path, builder =>
        {
            // Whoever waited for this would wait longer than the test.
            builder.Options.DrainTimeout = TimeSpan.FromHours(1);
            builder.AddProjection(new AccountView());
            Wrap(builder, journal => store = journal);
        });
        await bank.AskAsync("a", new Deposit(1, "x"));
        store!.IsAway = true;
        var lost = Task.Run(() => bank.System.AskAsync(Account.Named("a"), new Deposit(1, "y"), Bank.NewId(), Bank.Client));
        await Eventually.True(() => bank.System.Host.Waiting > 0, "a command waits for the store");
        await bank.System.StopAsync().WaitAsync(TimeSpan.FromMinutes(2));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => lost);
    }

    private static void Wrap(RuntimeBuilder builder, Action<FaultyJournal> configure)
    {
        var inner = builder.Journal;
        builder.Journal = builder =>
        {
            var journal = new FaultyJournal(inner(builder));
            configure(journal);
            return journal;
        };
    }

    /// <summary>A bank whose store chokes on the note "choke", and whose first commit waits at a gate.</summary>
    private async Task<GatedBank> OpenAsync(Func<FaultyJournal, Exception> error, ManualResetEventSlim gate)
    {
        var gated = new GatedBank();
        gated.Bank = await Bank.OpenAsync(_folder.Path, builder => Wrap(builder, journal => journal.Before = batch =>
        {
            var turns = batch.OfType<TurnWrite>().ToList();
            if (turns.Exists(static turn => turn.Entity.Id == "gate"))
            {
                gated.Gated = true;
                gate.Wait();
            }

            return turns.SelectMany(static turn => turn.Commands).SelectMany(static command => command.Events).Any(static e => e.Text.Contains("choke", StringComparison.Ordinal)) ? error(journal) : null;
        }));
        return gated;
    }

    private sealed class GatedBank : IAsyncDisposable
    {
        public Bank Bank { get; set; } = null!;

        public volatile bool Gated;

        public Task<Answer> AskAsync(string account, Command command) => Bank.AskAsync(account, command);

        public ValueTask DisposeAsync() => Bank.DisposeAsync();
    }
}
