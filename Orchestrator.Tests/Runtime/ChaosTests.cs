using Orchestrator.Runtime;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Runtime;

/// <summary>Random failures of store and behaviour, seeded: whatever is acknowledged happened once, in the order of its sender.</summary>
public sealed class ChaosTests : IDisposable
{
    private const int Commands = 40;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 4)]
    [InlineData(3, 4)]
    [InlineData(4, 4)]
    [InlineData(5, 1)]
    [InlineData(6, 1)]
    public async Task Order_and_exactly_once_hold_under_random_failures(int seed, int clients) => Assert.Equal([], await FaultsAsync(seed, clients, dedupe: true));

    [Fact]
    public async Task Without_dedupe_the_first_seed_fails() => Assert.NotEqual([], await FaultsAsync(1, clients: 4, dedupe: false));

    private async Task<List<string>> FaultsAsync(int seed, int clients, bool dedupe)
    {
        for (var phase = 0; phase < 3; phase++)
        {
            var random = new Random((seed * 1000) + phase);
            await using var bank = await OpenAsync(random, dedupe);
            var from = phase * Commands;
            await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(async () =>
            {
                for (var number = from; number < from + Commands; number++)
                {
                    await bank.UntilAcknowledgedAsync(client, number);
                }
            })));
        }

        await using var calm = await Bank.OpenAsync(_folder.Path);
        await Eventually.True(async () => (await calm.System.Inspection.InboxesAsync()).Count == 0, "all inboxes are empty");

        // A row is gone from the store a moment before queries see what became of it.
        await Eventually.True(() => calm.System.Inspection.Entities().All(static entity => entity.Waiting == 0), "nothing is being worked on");
        Assert.Empty(await calm.System.DeadLetters.ListAsync());
        var faults = new List<string>();
        for (var client = 0; client < clients; client++)
        {
            foreach (var account in new[] { $"direct-{client}", $"passed-{client}" })
            {
                var remainder = account.StartsWith("passed", StringComparison.Ordinal) ? 2 : -1;
                var expected = Enumerable.Range(0, 3 * Commands).Where(number => remainder == 2 ? number % 3 == 2 : number % 3 < 2).Select(static number => $"{number}");
                var notes = (await calm.BalanceAsync(account)).Notes;
                var wrong = notes.Zip(expected).FirstOrDefault(static pair => !string.Equals(pair.First, pair.Second, StringComparison.Ordinal));
                if (wrong != default || notes.Count != expected.Count())
                {
                    faults.Add($"{account}: {wrong.First} for {wrong.Second}");
                }
            }
        }

        return faults;
    }

    private Task<Bank> OpenAsync(Random random, bool dedupe)
    {
        var gate = new Lock();
        bool Chance(int percent)
        {
            lock (gate)
            {
                return random.Next(100) < percent;
            }
        }

        var behavior = new AccountBehavior { Fails = () => Chance(5) };
        return Bank.OpenAsync(_folder.Path, builder =>
        {
            builder.Options.MaximumAttempts = 1000;
            builder.Options.MaximumBackoff = TimeSpan.FromMilliseconds(20);
            builder.Protections = new Protections(Dedupe: dedupe);
            var inner = builder.Journal;
            builder.Journal = builder => new FaultyJournal(inner(builder))
            {
                Before = _ => Chance(5) ? new StoreUnavailableException("chance") : Chance(5) ? new OutcomeUnknownException("chance, not committed") : Chance(5) ? new InvalidOperationException("chance") : null,

                // Without dedupe a committed write cannot be recognised, so the failure is reported as if nothing was stored.
                After = _ => !Chance(5) ? null : dedupe ? new OutcomeUnknownException("chance, committed") : new StoreUnavailableException("chance, committed"),
            };
        }, snapshotEvery: 7, behavior: behavior);
    }
}
