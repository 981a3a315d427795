using Orchestrator.Runtime;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Runtime;

/// <summary>What every entity is promised, on the store that a single node has.</summary>
public sealed class RuntimeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_answered_command_is_seen_by_the_next_query()
    {
        await using var bank = await Bank.OpenAsync(_folder.Path);
        var answer = await bank.AskAsync("a", new Deposit(5, "first"));
        Assert.Equal(new Balance(5, []).Amount, Assert.IsType<Balance>(answer.Reply).Amount);
        Assert.True(answer.Position.Value > 0);
        Assert.Equal(5, (await bank.BalanceAsync("a")).Amount);
    }

    [Fact]
    public async Task State_survives_a_restart_with_and_without_snapshots()
    {
        foreach (var snapshotEvery in new[] { 0, 3 })
        {
            var name = $"a{snapshotEvery}";
            await using (var bank = await Bank.OpenAsync(_folder.Path, snapshotEvery: snapshotEvery))
            {
                for (var i = 0; i < 10; i++)
                {
                    await bank.AskAsync(name, new Deposit(i, $"n{i}"));
                }
            }

            await using var again = await Bank.OpenAsync(_folder.Path, snapshotEvery: snapshotEvery);
            var balance = await again.BalanceAsync(name);
            Assert.Equal(45, balance.Amount);
            Assert.Equal(Enumerable.Range(0, 10).Select(static i => $"n{i}"), balance.Notes);
        }
    }

    [Fact]
    public async Task A_command_asked_again_gives_the_same_reply_and_runs_once()
    {
        var id = Bank.NewId();
        Answer first;
        await using (var bank = await Bank.OpenAsync(_folder.Path))
        {
            first = await bank.AskAsync("a", new Deposit(5, "once"), id);
            var second = await bank.AskAsync("a", new Deposit(5, "once"), id);
            Assert.False(first.Repeated);
            Assert.True(second.Repeated);
            Assert.Equal(first.Position, second.Position);
        }

        await using var again = await Bank.OpenAsync(_folder.Path);
        var third = await again.AskAsync("a", new Deposit(5, "once"), id);
        Assert.True(third.Repeated);
        Assert.Equal(first.Position, third.Position);
        Assert.Equal(5, Assert.IsType<Balance>(third.Reply).Amount);
        Assert.Equal(5, (await again.BalanceAsync("a")).Amount);
    }

    [Fact]
    public async Task Commands_told_are_processed_in_order_and_once_each()
    {
        await using var bank = await Bank.OpenAsync(_folder.Path);
        var ids = Enumerable.Range(0, 200).Select(static _ => Bank.NewId()).ToArray();
        foreach (var (i, id) in ids.Index())
        {
            await bank.TellAsync("a", new Deposit(1, $"n{i}"), id);
            if (i % 10 == 0)
            {
                await bank.TellAsync("a", new Deposit(1, $"n{i}"), id);
            }
        }

        await bank.NotedAsync("a", [.. Enumerable.Range(0, 200).Select(static i => $"n{i}")]);
    }

    [Fact]
    public async Task A_message_to_another_entity_arrives_once()
    {
        await using var bank = await Bank.OpenAsync(_folder.Path);
        await bank.AskAsync("a", new Deposit(100, "salary"));
        for (var i = 0; i < 50; i++)
        {
            await bank.AskAsync("a", new Transfer(Account.Named("b"), 2, $"t{i}"));
        }

        await bank.NotedAsync("b", [.. Enumerable.Range(0, 50).Select(static i => $"t{i}")]);
        Assert.Equal(0, (await bank.BalanceAsync("a")).Amount);
        Assert.Equal(100, (await bank.BalanceAsync("b")).Amount);
    }

    [Fact]
    public async Task A_view_shows_what_an_answer_said()
    {
        await using var bank = await Bank.OpenAsync(_folder.Path, static builder => builder.AddProjection(new AccountView()));
        for (var i = 1; i <= 20; i++)
        {
            var answer = await bank.AskAsync($"a{i % 3}", new Deposit(i, "x"));
            await bank.System.Views.WaitForAsync(answer.Position).WaitAsync(TimeSpan.FromSeconds(30));
        }

        var rows = await bank.System.Views.ListAsync<AccountRow>("accounts");
        Assert.Equal([63, 70, 77], rows.Select(static row => row.Value.Balance).Order());
        Assert.Equal(["a0", "a1", "a2"], rows.Select(static row => row.Key));
    }

    [Fact]
    public async Task A_follower_of_the_history_gets_every_event_in_order()
    {
        await using var bank = await Bank.OpenAsync(_folder.Path);
        for (var i = 0; i < 10; i++)
        {
            await bank.AskAsync("a", new Deposit(1, $"n{i}"));
        }

        var seen = new List<string>();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await foreach (var e in bank.System.Events.FollowAsync(JournalPosition.Start, EventFilter.All, limit.Token))
        {
            seen.Add(((Deposited)e.Event!).Note);
            if (seen.Count == 10)
            {
                await bank.TellAsync("b", new Deposit(1, "late"));
            }

            if (seen.Count == 11)
            {
                break;
            }
        }

        Assert.Equal([.. Enumerable.Range(0, 10).Select(static i => $"n{i}"), "late"], seen);
    }

    [Fact]
    public async Task A_worker_gets_its_commands_in_order_and_its_report_reaches_the_entity_once()
    {
        await using var bank = await Bank.OpenAsync(_folder.Path);
        await bank.AskAsync("a", new Order("n1", "x"));
        await bank.AskAsync("a", new Order("n2", "not for n1"));
        await bank.AskAsync("a", new Order("n1", "y"));
        var done = 0;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await foreach (var pending in bank.System.Workers.FollowAsync("n1", limit.Token))
        {
            Assert.Equal(done == 0 ? "x" : "y", Assert.IsType<PrintStatement>(pending.Command).What);
            await bank.System.Workers.CompleteAsync(pending, new Deposit(1, $"printed {done}"), new Sender("worker:n1"), limit.Token);
            await bank.System.Workers.CompleteAsync(pending, new Deposit(1, "printed twice"), new Sender("worker:n1"), limit.Token);
            if (++done == 2)
            {
                break;
            }
        }

        await bank.NotedAsync("a", "ordered x", "ordered not for n1", "ordered y", "printed 0", "printed 1");
    }

    [Fact]
    public async Task A_reminder_fires_once_when_it_is_due()
    {
        await using var bank = await Bank.OpenAsync(_folder.Path);
        await bank.AskAsync("a", new Remind("tea", bank.System.Clock.Now.AddMilliseconds(50), "tea"));
        await bank.AskAsync("a", new Remind("dropped", bank.System.Clock.Now.AddSeconds(1), "never"));
        await bank.AskAsync("a", new Forget("dropped"));
        await bank.AskAsync("a", new Remind("later", bank.System.Clock.Now.AddMilliseconds(1100), "later"));
        await bank.NotedAsync("a", "tea", "later");
    }
}
