using Orchestrator.Runtime;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Runtime;

/// <summary>Reminders go by the store's time: restarts and jumps of the machine's clock neither lose nor hasten them.</summary>
public sealed class TimeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(24)]
    [InlineData(-24)]
    public async Task A_jump_of_the_clock_moves_no_reminder(int hours)
    {
        await using var bank = await OpenAsync();
        await AskAsync(bank, new Remind("tea", bank.System.Clock.Now.AddMinutes(10), "tea"));
        _time.Jump(TimeSpan.FromHours(hours));
        _time.Advance(TimeSpan.FromMinutes(9));
        await AskAsync(bank, new Deposit(1, "nine minutes later"));
        Assert.Equal(["nine minutes later"], (await bank.BalanceAsync("a")).Notes);
        await PassAsync(TimeSpan.FromMinutes(2), bank, "nine minutes later", "tea");
        Assert.Equal(TimeSpan.FromHours(hours), (await bank.System.Inspection.HealthAsync()).ClockDrift);
    }

    [Fact]
    public async Task A_reminder_that_came_due_while_the_node_was_down_fires_when_it_is_up()
    {
        await using (var bank = await OpenAsync())
        {
            await AskAsync(bank, new Remind("tea", bank.System.Clock.Now.AddMinutes(10), "tea"));
            await AskAsync(bank, new Remind("late", bank.System.Clock.Now.AddHours(10), "late"));
        }

        _time.Advance(TimeSpan.FromHours(1));
        await using (var bank = await OpenAsync())
        {
            await bank.NotedAsync("a", "tea");
        }

        await using var again = await OpenAsync();
        Assert.Equal(["tea"], (await again.BalanceAsync("a")).Notes);
        await PassAsync(TimeSpan.FromHours(10), again, "tea", "late");
    }

    [Fact]
    public async Task A_reminder_set_again_fires_at_its_new_time_only()
    {
        await using var bank = await OpenAsync();
        await AskAsync(bank, new Remind("tea", bank.System.Clock.Now.AddMinutes(10), "first"));
        await AskAsync(bank, new Remind("tea", bank.System.Clock.Now.AddMinutes(1), "second"));
        await PassAsync(TimeSpan.FromMinutes(2), bank, "second");
        await AskAsync(bank, new Remind("tea", bank.System.Clock.Now.AddMinutes(1), "third"));
        await PassAsync(TimeSpan.FromMinutes(20), bank, "second", "third");
    }

    [Fact]
    public async Task An_idle_entity_leaves_memory_and_comes_back_as_it_was()
    {
        await using var bank = await OpenAsync();
        await AskAsync(bank, new Deposit(1, "x"));
        Assert.Single(bank.System.Inspection.Entities());
        await Eventually.True(() =>
        {
            _time.Advance(TimeSpan.FromMinutes(3));
            return bank.System.Inspection.Entities().Count == 0;
        }, "the entity is passivated");
        Assert.Equal(["x"], (await bank.BalanceAsync("a")).Notes);
        await AskAsync(bank, new Deposit(1, "y"));
        Assert.Equal(["x", "y"], (await bank.BalanceAsync("a")).Notes);
    }

    private Task<Bank> OpenAsync() => Bank.OpenAsync(_folder.Path, builder => builder.Time = _time);

    private static Task<Answer> AskAsync(Bank bank, Command command) => bank.AskAsync("a", command, new CommandId(Ulid.New(bank.System.Clock.Now)));

    /// <summary>Lets time pass, and then more of it in steps: who looked at the clock before the first may set its timer only after it.</summary>
    private async Task PassAsync(TimeSpan duration, Bank bank, params string[] notes)
    {
        _time.Advance(duration);
        await Eventually.True(async () =>
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            return (await bank.BalanceAsync("a")).Notes.SequenceEqual(notes, StringComparer.Ordinal);
        }, $"the notes are {string.Join(", ", notes)}");
    }
}
