using Orchestrator.Runtime;

namespace Orchestrator.Tests.Runtime;

/// <summary>A runtime with accounts, over a data folder that outlives it.</summary>
internal sealed class Bank : IAsyncDisposable
{
    private Bank(ActorSystem system, AccountBehavior behavior) => (System, Behavior) = (system, behavior);

    public static readonly Sender Client = new("client:test");

    public ActorSystem System { get; }

    public AccountBehavior Behavior { get; }

    public SqliteJournal Sqlite => (SqliteJournal)System.Host.Journal;

    public static RuntimeBuilder Builder(string folder, AccountBehavior behavior, int snapshotEvery = 200, TimeSpan? passivateAfter = null)
    {
        var builder = new RuntimeBuilder { Options = new RuntimeOptions { DataFolder = folder, Node = "test", MinimumFreeDisk = 0 }, VerifyPayloads = true };
        builder.AddEntity(new EntityKind<Account>(Account.KindName, behavior) { SnapshotEvery = snapshotEvery, PassivateAfter = passivateAfter ?? TimeSpan.FromMinutes(2) });
        builder.Manifests
            .Map<Deposit>("account.deposit.v1").Map<Withdraw>("account.withdraw.v1").Map<Transfer>("account.transfer.v1").Map<Remind>("account.remind.v1")
            .Map<Forget>("account.forget.v1").Map<Order>("account.order.v1").Map<Explode>("account.explode.v1").Map<SayUnspeakable>("account.say-unspeakable.v1")
            .Map<Deposited>("account.deposited.v1").Map<Withdrawn>("account.withdrawn.v1").Map<Balance>("account.balance.v1").Map<PrintStatement>("account.print-statement.v1");
        return builder;
    }

    public static async Task<Bank> OpenAsync(string folder, Action<RuntimeBuilder>? configure = null, int snapshotEvery = 200, AccountBehavior? behavior = null, TimeSpan? passivateAfter = null)
    {
        behavior ??= new AccountBehavior();
        var builder = Builder(folder, behavior, snapshotEvery, passivateAfter);
        configure?.Invoke(builder);
        return new Bank(await ActorSystem.StartAsync(builder), behavior);
    }

    public static CommandId NewId() => CommandId.New(TimeProvider.System);

    public Task<Answer> AskAsync(string account, Command command, CommandId? id = null)
        => System.AskAsync(Account.Named(account), command, id ?? NewId(), Client).WaitAsync(TimeSpan.FromSeconds(30));

    public Task TellAsync(string account, Command command, CommandId? id = null)
        => System.TellAsync(Account.Named(account), command, id ?? NewId(), Client).WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>Sends a client's command with this number, directly or through a transfer, again and again under one id until it is acknowledged.</summary>
    public async Task UntilAcknowledgedAsync(int client, int number)
    {
        for (var id = NewId(); ;)
        {
            try
            {
                await ((number % 3) switch
                {
                    0 => AskAsync($"direct-{client}", new Deposit(1, $"{number}"), id),
                    1 => TellAsync($"direct-{client}", new Deposit(1, $"{number}"), id),
                    _ => TellAsync("source", new Transfer(Account.Named($"passed-{client}"), 1, $"{number}"), id),
                });
                return;
            }
            catch (StoreUnavailableException)
            {
                // Not acknowledged, so the client sends it again under the same id.
                continue;
            }
        }
    }

    public async Task<Balance> BalanceAsync(string account)
        => (Balance)await System.QueryAsync(Account.Named(account), new GetBalance()).WaitAsync(TimeSpan.FromSeconds(30));

    public Task NotedAsync(string account, params string[] notes)
        => Support.Eventually.True(async () => (await BalanceAsync(account)).Notes.SequenceEqual(notes, StringComparer.Ordinal), $"{account} has the notes {string.Join(", ", notes)}");

    public async ValueTask DisposeAsync() => await System.DisposeAsync();
}
