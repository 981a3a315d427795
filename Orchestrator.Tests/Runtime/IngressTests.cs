using Orchestrator.Runtime;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Runtime;

/// <summary>What is not taken is refused at the door, with a reason, and leaves no trace.</summary>
public sealed class IngressTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_id_older_than_the_dedupe_window_is_refused_as_too_old()
    {
        await using var bank = await Bank.OpenAsync(_folder.Path);
        var old = new CommandId(Ulid.New(bank.System.Clock.Now.AddDays(-7).AddMinutes(-1)));
        Assert.Equal(RefusalCodes.TooOld, Assert.IsType<Refused>((await bank.AskAsync("a", new Deposit(1, "x"), old)).Reply).Code);
        Assert.Equal(RefusalCodes.TooOld, (await Assert.ThrowsAsync<CommandRefusedException>(() => bank.TellAsync("a", new Deposit(1, "x"), old))).Refusal.Code);
        await bank.AskAsync("a", new Deposit(1, "young enough"), new CommandId(Ulid.New(bank.System.Clock.Now.AddDays(-7).AddMinutes(1))));
        Assert.Equal(["young enough"], (await bank.BalanceAsync("a")).Notes);
    }

    [Theory]
    [InlineData("no-ulid")]
    [InlineData("")]
    [InlineData("01ARZ3NDEKTSV4RRFFQ69G5FAu")]
    [InlineData("reminder/tea/2026")]
    [InlineData("agent/alice#7")]
    public async Task An_id_of_a_client_that_is_no_ulid_is_refused(string id)
    {
        await using var bank = await Bank.OpenAsync(_folder.Path);
        Assert.Equal(RefusalCodes.Invalid, Assert.IsType<Refused>((await bank.AskAsync("a", new Deposit(1, "x"), new CommandId(id))).Reply).Code);
        await Assert.ThrowsAsync<CommandRefusedException>(() => bank.TellAsync("a", new Deposit(1, "x"), new CommandId(id)));
        Assert.Empty((await bank.BalanceAsync("a")).Notes);
    }

    [Fact]
    public async Task An_id_from_far_in_the_future_is_refused()
    {
        await using var bank = await Bank.OpenAsync(_folder.Path);
        var future = new CommandId(Ulid.New(bank.System.Clock.Now.AddMinutes(61)));
        Assert.Equal(RefusalCodes.Invalid, Assert.IsType<Refused>((await bank.AskAsync("a", new Deposit(1, "x"), future)).Reply).Code);
        await bank.AskAsync("a", new Deposit(1, "near"), new CommandId(Ulid.New(bank.System.Clock.Now.AddMinutes(59))));
    }

    [Fact]
    public async Task A_worker_may_name_its_commands_by_what_they_are_about_and_they_run_once()
    {
        await using var bank = await Bank.OpenAsync(_folder.Path);
        for (var i = 0; i < 2; i++)
        {
            await bank.System.TellAsync(Account.Named("a"), new Deposit(1, "x"), new CommandId("worker/n1/42"), new Sender("worker:n1"));
        }

        await bank.AskAsync("a", new Deposit(1, "y"));
        Assert.Equal(["x", "y"], (await bank.BalanceAsync("a")).Notes);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0xD83D)]
    [InlineData(0xDE42)]
    public async Task Text_that_a_store_cannot_keep_is_refused(int unit)
    {
        var text = $"has {(char)unit} in it";
        await using var bank = await Bank.OpenAsync(_folder.Path);
        Assert.Equal(RefusalCodes.Invalid, Assert.IsType<Refused>((await bank.AskAsync("a", new Deposit(1, text))).Reply).Code);
        await Assert.ThrowsAsync<CommandRefusedException>(() => bank.TellAsync("a", new Deposit(1, text)));
        Assert.Empty((await bank.BalanceAsync("a")).Notes);
    }

    [Theory]
    [InlineData("""{"a":"\u0000"}""", false)]
    [InlineData("""{"a":"\\u0000"}""", true)]
    [InlineData("""{"a":"\\\u0000"}""", false)]
    [InlineData("""{"a":"\ud83d\ude42"}""", true)]
    [InlineData("""{"a":"\ud83d"}""", false)]
    [InlineData("""{"a":"\ude42\ud83d"}""", false)]
    [InlineData("""{"a":"\ud83dx"}""", false)]
    [InlineData("""{"a":"\n\u0041"}""", true)]
    public void Json_with_such_text_in_escapes_is_refused_too(string json, bool taken)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(json);
        if (taken)
        {
            Assert.Equal(json, new JournalEntry("x", bytes).Text);
        }
        else
        {
            Assert.Throws<UnstorableTextException>(() => new JournalEntry("x", bytes));
        }
    }

    [Fact]
    public async Task A_full_mailbox_refuses_and_takes_again_once_there_is_room()
    {
        using var gate = new ManualResetEventSlim();
        var behavior = new AccountBehavior { Fails = () => { gate.Wait(); return false; } };
        await using var bank = await Bank.OpenAsync(_folder.Path, static builder => builder.Options.MailboxCapacity = 10, behavior: behavior);
        var asks = Enumerable.Range(0, 10).Select(i => bank.AskAsync("a", new Deposit(1, $"n{i}"))).ToArray();
        await Assert.ThrowsAsync<OverloadedException>(() => bank.AskAsync("a", new Deposit(1, "too much")));
        await Assert.ThrowsAsync<OverloadedException>(() => bank.TellAsync("a", new Deposit(1, "too much")));
        gate.Set();
        await Task.WhenAll(asks);
        await bank.TellAsync("a", new Deposit(1, "n10"));
        await bank.NotedAsync("a", [.. Enumerable.Range(0, 11).Select(static i => $"n{i}")]);
    }

    [Fact]
    public async Task Messages_that_overflow_a_mailbox_wait_in_the_store_and_keep_their_order()
    {
        using var gate = new ManualResetEventSlim();
        var behavior = new AccountBehavior();
        await using var bank = await Bank.OpenAsync(_folder.Path, static builder => builder.Options.MailboxCapacity = 5, behavior: behavior);
        await bank.AskAsync("to", new Deposit(1, "first"));
        bank.Behavior.Holds = command => { if (command is Deposit) { gate.Wait(); } };
        for (var i = 0; i < 60; i++)
        {
            await bank.AskAsync("from", new Transfer(Account.Named("to"), 1, $"n{i}"));
        }

        gate.Set();
        await bank.NotedAsync("to", ["first", .. Enumerable.Range(0, 60).Select(static i => $"n{i}")]);
    }

    [Fact]
    public async Task A_disk_that_is_nearly_full_takes_no_commands_and_says_so()
    {
        var free = 300L * 1024 * 1024;
        var time = new ManualTime(DateTimeOffset.UtcNow);
        await using var bank = await Bank.OpenAsync(_folder.Path, builder => (builder.Options.MinimumFreeDisk, builder.Time) = (200L * 1024 * 1024, time));
        bank.System.Maintenance.FreeDisk = _ => free;
        bank.System.Maintenance.Check();
        await bank.AskAsync("a", new Deposit(1, "x"), new CommandId(Ulid.New(time.GetUtcNow())));
        free = 100L * 1024 * 1024;
        bank.System.Maintenance.Check();
        var e = await Assert.ThrowsAsync<StoreUnavailableException>(() => bank.AskAsync("a", new Deposit(1, "y")));
        Assert.Contains("MB left", e.Message, StringComparison.Ordinal);
        Assert.False((await bank.System.Inspection.HealthAsync()).IsHealthy);
        Assert.Equal(1, (await bank.BalanceAsync("a")).Amount);
        free = 300L * 1024 * 1024;
        bank.System.Maintenance.Check();
        await bank.AskAsync("a", new Deposit(1, "z"));
    }

    [Fact]
    public async Task A_node_that_has_stopped_takes_nothing()
    {
        var bank = await Bank.OpenAsync(_folder.Path);
        await bank.DisposeAsync();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => bank.AskAsync("a", new Deposit(1, "x")));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => bank.BalanceAsync("a"));
    }
}
