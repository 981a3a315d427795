using Orchestrator.Runtime;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Runtime;

public sealed class ProjectionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_view_is_built_anew_when_its_version_changes_and_goes_on_where_it_was_otherwise()
    {
        foreach (var (edition, expected) in new[] { (1, 10L), (1, 20L), (2, 60L) })
        {
            await using var bank = await Bank.OpenAsync(_folder.Path, builder => builder.AddProjection(new AccountView { Edition = edition }));
            var answer = await bank.AskAsync("a", new Deposit(10, "x"));
            await bank.System.Views.WaitForAsync(answer.Position).WaitAsync(TimeSpan.FromSeconds(30));
            Assert.Equal(expected, (await bank.System.Views.GetAsync<AccountRow>("accounts", "a"))!.Balance);
        }
    }

    [Fact]
    public async Task Those_who_follow_a_busy_history_from_different_places_each_see_all_of_it_in_order()
    {
        const int Deposits = 12_000;
        await using var bank = await Bank.OpenAsync(_folder.Path, static builder => builder.AddProjection(new AccountView()));
        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        var early = Enumerable.Range(0, 4).Select(i => FollowAsync(bank, JournalPosition.Start, EventFilter.All, Deposits, pause: i == 0, stop.Token)).ToList();
        var one = FollowAsync(bank, JournalPosition.Start, new EventFilter(Entity: new EntityId("account", "7")), Deposits / 10, pause: false, stop.Token);
        for (var i = 0; i < Deposits; i += 500)
        {
            await Task.WhenAll(Enumerable.Range(i, 500).Select(n => bank.AskAsync((n % 10).ToString(System.Globalization.CultureInfo.InvariantCulture), new Deposit(1, "x"))));
        }

        // It begins far before what is at hand, and comes up to the others.
        var late = FollowAsync(bank, JournalPosition.Start, EventFilter.All, Deposits, pause: false, stop.Token);
        foreach (var seen in await Task.WhenAll(early.Append(late)))
        {
            Assert.Equal(Enumerable.Range(1, Deposits).Select(static n => (long)n), seen);
        }

        Assert.Equal(Deposits / 10, (await one).Distinct().Count());
        await bank.System.Views.WaitForAsync(new JournalPosition(Deposits), stop.Token);
        Assert.Equal(Deposits, (await bank.System.Views.ListAsync<AccountRow>("accounts", cancellationToken: stop.Token)).Sum(static row => row.Value.Balance));
    }

    private static async Task<List<long>> FollowAsync(Bank bank, JournalPosition after, EventFilter filter, int count, bool pause, CancellationToken cancellationToken)
    {
        List<long> seen = [];
        await foreach (var e in bank.System.Events.FollowAsync(after, filter, cancellationToken))
        {
            seen.Add(e.Position.Value);
            if (seen.Count == count)
            {
                break;
            }

            if (pause && seen.Count % 1000 == 0)
            {
                await Task.Delay(20, cancellationToken);
            }
        }

        return seen;
    }

    [Fact]
    public async Task Who_waits_for_a_view_before_it_has_opened_is_woken_when_it_is_as_far_though_nothing_happens_any_more()
    {
        JournalPosition head;
        await using (var bank = await Bank.OpenAsync(_folder.Path, static builder => builder.AddProjection(new AccountView())))
        {
            head = (await bank.AskAsync("a", new Deposit(10, "x"))).Position;
            await bank.System.Views.WaitForAsync(head).WaitAsync(TimeSpan.FromSeconds(60));
        }

        using var log = new LogLines();
        var time = new ManualTime(TimeProvider.System.GetUtcNow());
        var readable = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var again = await Bank.OpenAsync(_folder.Path, builder =>
        {
            (builder.Time, builder.Loggers) = (time, log);
            var inner = builder.Journal;
            builder.Journal = builder => new FaultyJournal(inner(builder)) { OffsetsReadable = readable.Task };
            builder.AddProjection(new AccountView());
        });
        var waiting = again.System.Views.WaitForAsync(head);
        Assert.False(waiting.IsCompleted);

        // Whoever waits for long, as a node that starts does, says what for.
        await Eventually.True(() => time.IsAwaited(TimeSpan.FromSeconds(10)), "it waits");
        time.Advance(TimeSpan.FromSeconds(10));
        await Eventually.True(() => log.Has($"For 10 s it is waited until the views show position {head.Value}: accounts is at 0"), "it says what it waits for");
        Assert.False(waiting.IsCompleted);
        readable.SetResult();
        await waiting.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_view_that_fails_on_an_event_stands_still_alone_is_reported_and_goes_on_when_it_can()
    {
        var picky = new PickyView { Fails = true };
        await using var bank = await Bank.OpenAsync(_folder.Path, builder => builder.AddProjection(picky).AddProjection(new AccountView()));
        var answer = await bank.AskAsync("a", new Deposit(1, "x"));
        await Eventually.True(async () => (await bank.System.Inspection.HealthAsync()).Projections.Any(static projection => projection is { Name: "picky", Lag: > 0, Failure: "I do not like it" }), "health reports it");
        await bank.System.Views.WaitForAsync(answer.Position).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(1, (await bank.System.Views.GetAsync<AccountRow>("accounts", "a"))!.Balance);
        Assert.False((await bank.System.Inspection.HealthAsync()).IsHealthy);
        picky.Fails = false;
        await Eventually.True(async () => (await bank.System.Views.GetAsync<AccountRow>("picky", "a")) is not null, "it goes on");
        await Eventually.True(async () => (await bank.System.Inspection.HealthAsync()).IsHealthy, "all is well again");
    }

    [Fact]
    public async Task An_event_that_this_version_does_not_know_stops_only_views_that_want_its_kind()
    {
        await using (var bank = await Bank.OpenAsync(_folder.Path))
        {
            await bank.AskAsync("a", new Deposit(1, "x"));
        }

        using (var database = new SqliteDatabase(_folder["orchestrator.db"], readOnly: false))
        {
            database.Execute("INSERT INTO journal(ordering, created, persistence_id, sequence_number, message, manifest, writer_uuid) VALUES(2, 0, 'novelty/x', 1, '{}', 'novelty.v1', 'other')");
        }

        await using var again = await Bank.OpenAsync(_folder.Path, static builder => builder.AddProjection(new AccountView()).AddProjection(new PickyView()));
        await Eventually.True(async () => (await again.System.Inspection.HealthAsync()).Projections is [{ Name: "accounts", Failure: not null }, { Name: "picky", Failure: null, Lag: 0 }], "one stands, one goes on");
        var e = (await again.System.Events.ReadAsync(JournalPosition.Start, new EventFilter(Kind: "novelty"), 10))[0];
        Assert.Null(e.Event);
        Assert.Equal("novelty.v1", e.Manifest);
    }

    [Fact]
    public async Task Rows_are_listed_by_partition_and_page()
    {
        await using var bank = await Bank.OpenAsync(_folder.Path, static builder => builder.AddProjection(new AccountView()));
        Answer last = null!;
        for (var i = 0; i < 9; i++)
        {
            last = await bank.AskAsync($"a{i}", new Deposit(i % 2 == 0 ? 1000 : 1, "x"));
        }

        await bank.System.Views.WaitForAsync(last.Position).WaitAsync(TimeSpan.FromSeconds(30));
        var first = await bank.System.Views.ListAsync<AccountRow>("accounts", "rich", limit: 3);
        Assert.Equal(["a0", "a2", "a4"], first.Select(static row => row.Key));
        Assert.Equal(["a6", "a8"], (await bank.System.Views.ListAsync<AccountRow>("accounts", "rich", first[^1].Key)).Select(static row => row.Key));
        Assert.Equal(["a7", "a5"], (await bank.System.Views.ListAsync<AccountRow>("accounts", "poor", limit: 2, descending: true)).Select(static row => row.Key));
        await bank.AskAsync("a0", new Withdraw(999));
        await Eventually.True(async () => (await bank.System.Views.ListAsync<AccountRow>("accounts", "poor", limit: 1)) is [{ Key: "a0" }], "a row changes its partition");
        await Assert.ThrowsAsync<ArgumentException>(() => bank.System.Views.GetAsync<AccountRow>("no such view", "x"));
    }

    private sealed class PickyView : Projection<AccountRow>
    {
        public volatile bool Fails;

        public override string Name => "picky";

        public override IReadOnlyList<string> Kinds => [Account.KindName];

        public override IEnumerable<string> KeysOf(EventEnvelope e) => [e.Entity.Id];

        public override AccountRow Fold(string key, AccountRow? current, EventEnvelope e) => Fails ? throw new InvalidOperationException("I do not like it") : new AccountRow(key, 0);
    }
}
