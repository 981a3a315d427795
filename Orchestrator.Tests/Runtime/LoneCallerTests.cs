using System.Collections.Concurrent;
using Orchestrator.Runtime;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Runtime;

/// <summary>Whoever asks one thing after the other commits on its own thread; nobody else is held up or left out by that.</summary>
public sealed class LoneCallerTests : IDisposable
{
    // In memory: what is tried is who commits, not how fast a disk is.
    private readonly string _folder = Directory.CreateDirectory($"/dev/shm/orc-{Guid.NewGuid():N}").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Who_asks_one_thing_after_the_other_finds_the_answer_there_when_the_call_returns()
    {
        await using var bank = await Bank.OpenAsync(_folder);
        await OnThreadAsync(() =>
        {
            var there = (Asks: 0, Tells: 0);
            for (var i = 0; there.Asks < 20 || there.Tells < 20; i++)
            {
                var ask = bank.System.AskAsync(Account.Named("a"), new Deposit(1, "ask"), Bank.NewId(), Bank.Client);
                there.Asks += ask.IsCompletedSuccessfully ? 1 : 0;
                Wait(ask);
                var tell = bank.System.TellAsync(Account.Named("a"), new Deposit(1, "tell"), Bank.NewId(), Bank.Client);
                there.Tells += tell.IsCompletedSuccessfully ? 1 : 0;
                Wait(tell);
                Assert.Equal(2 * (i + 1), ((Balance)Wait(bank.System.QueryAsync(Account.Named("a"), new GetBalance()))).Amount);
            }
        });
    }

    [Fact]
    public async Task Those_who_come_while_a_caller_commits_share_the_next_commit()
    {
        const int Others = 10;
        using var commits = new ObservedCommits();
        await using var bank = await Bank.OpenAsync(_folder, commits.Wrap);
        foreach (var name in Enumerable.Range(0, Others))
        {
            await bank.AskAsync($"other-{name}", new Deposit(1, "in memory"));
        }

        var lone = OnThreadAsync(() =>
        {
            commits.HoldCaller(Environment.CurrentManagedThreadId);
            while (!commits.Held)
            {
                Wait(bank.System.AskAsync(Account.Named("a"), new Deposit(1, "lone"), Bank.NewId(), Bank.Client));
            }
        });
        await Eventually.True(() => commits.Holds, "a caller is at its own commit");
        var before = commits.Count;
        var others = Enumerable.Range(0, Others).Select(i => bank.AskAsync($"other-{i}", new Deposit(1, "meanwhile"))).ToList();
        await Eventually.True(async () => (await bank.System.Inspection.HealthAsync()).Writes >= Others, "the others wait for the next commit");
        Assert.DoesNotContain(others, static other => other.IsCompleted);
        commits.LetGo();
        await Task.WhenAll(others);
        await lone;
        Assert.Equal(before + 1, commits.Count);
    }

    [Fact]
    public async Task A_caller_that_was_alone_and_now_asks_for_many_things_at_once_shares_commits_again()
    {
        const int Many = 1000;
        using var commits = new ObservedCommits();
        await using var bank = await Bank.OpenAsync(_folder, commits.Wrap);
        await Task.WhenAll(Enumerable.Range(0, Many).Select(i => bank.AskAsync($"a{i}", new Deposit(1, "in memory"))));
        await OnThreadAsync(() =>
        {
            for (var there = 0; there < 20;)
            {
                var ask = bank.System.AskAsync(Account.Named("a0"), new Deposit(1, "alone"), Bank.NewId(), Bank.Client);
                there += ask.IsCompletedSuccessfully ? 1 : 0;
                Wait(ask);
            }

            var before = commits.Count;
            commits.HoldOthersThan(Environment.CurrentManagedThreadId);
            var asks = Enumerable.Range(0, Many).Select(i => bank.System.AskAsync(Account.Named($"a{i}"), new Deposit(1, "at once"), Bank.NewId(), Bank.Client)).ToList();
            Wait(Eventually.True(() => commits.Holds, "one command went the long way"));
            var own = asks.Count(static ask => ask.IsCompleted);
            Wait(Eventually.True(async () => (await bank.System.Inspection.HealthAsync()).Writes >= Many - own - 1, "all others wait behind it"));
            commits.LetGo();
            Wait(Task.WhenAll(asks));
            Assert.Equal(own + 2, commits.Count - before);
            Assert.InRange(own, 0, Many / 10);
        });
    }

    [Fact]
    public async Task What_a_message_of_a_callers_turn_leads_to_goes_on_without_the_caller()
    {
        await using var bank = await Bank.OpenAsync(_folder);
        await OnThreadAsync(() =>
        {
            for (var (there, i) = (0, 0); there < 20; i++)
            {
                var ask = bank.System.AskAsync(Account.Named("source"), new Transfer(Account.Named("target"), 1, $"{i}"), Bank.NewId(), Bank.Client);
                there += ask.IsCompletedSuccessfully ? 1 : 0;
                Wait(ask);
                var sent = i + 1;
                Wait(Eventually.True(async () => (await bank.BalanceAsync("target")).Notes.Count == sent, "the message was processed"));
            }
        });
        var notes = (await bank.BalanceAsync("target")).Notes;
        Assert.Equal(Enumerable.Range(0, notes.Count).Select(static i => $"{i}"), notes);
    }

    [Theory]
    [InlineData("unavailable")]
    [InlineData("refused")]
    [InlineData("unknown, not committed")]
    [InlineData("unknown, committed")]
    public async Task A_commit_of_a_caller_that_fails_is_handled_as_any_other(string failure)
    {
        var failing = new FailingOnce(failure);
        await using var bank = await Bank.OpenAsync(_folder, failing.Wrap);
        await OnThreadAsync(() =>
        {
            List<string> acknowledged = [];
            failing.Caller = Environment.CurrentManagedThreadId;
            for (var i = 0; !failing.Failed || i < 50; i++)
            {
                var id = Bank.NewId();
                var ask = bank.System.AskAsync(Account.Named("a"), new Deposit(1, $"{i}"), id, Bank.Client);
                if (failure == "unavailable" && ((IAsyncResult)ask).AsyncWaitHandle.WaitOne() && ask.IsFaulted)
                {
                    Assert.IsType<StoreUnavailableException>(ask.Exception!.InnerException);
                    ask = bank.System.AskAsync(Account.Named("a"), new Deposit(1, $"{i}"), id, Bank.Client);
                }

                Assert.IsNotType<Refused>(Wait(ask).Reply);
                acknowledged.Add($"{i}");
            }

            Assert.Equal(acknowledged, ((Balance)Wait(bank.System.QueryAsync(Account.Named("a"), new GetBalance()))).Notes);
        });
        await using var again = await ReopenedAsync(bank);
        Assert.NotEmpty((await again.BalanceAsync("a")).Notes);
    }

    [Fact]
    public async Task A_thread_with_a_context_of_its_own_is_left_to_it()
    {
        using var commits = new ObservedCommits();
        await using var bank = await Bank.OpenAsync(_folder, commits.Wrap);
        await OnThreadAsync(() =>
        {
            SynchronizationContext.SetSynchronizationContext(new SynchronizationContext());
            for (var i = 0; i < 100; i++)
            {
                Wait(bank.System.AskAsync(Account.Named("a"), new Deposit(1, "x"), Bank.NewId(), Bank.Client));
            }

            Assert.DoesNotContain(Environment.CurrentManagedThreadId, commits.Threads);
        });
    }

    private async Task<Bank> ReopenedAsync(Bank bank)
    {
        await bank.DisposeAsync();
        return await Bank.OpenAsync(_folder);
    }

    /// <summary>On a thread without a context, which waits where others would await.</summary>
    private static Task OnThreadAsync(Action action) => Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

#pragma warning disable VSTHRD002, xUnit1031 // The thread is this test's own.
    private static T Wait<T>(Task<T> task) => task.WaitAsync(TimeSpan.FromSeconds(60)).GetAwaiter().GetResult();

    private static void Wait(Task task) => task.WaitAsync(TimeSpan.FromSeconds(60)).GetAwaiter().GetResult();
#pragma warning restore VSTHRD002, xUnit1031

    /// <summary>Sees each commit that holds commands, and lets one of them wait: the first that a caller makes on its own thread, or the first that it does not.</summary>
    private sealed class ObservedCommits : IDisposable
    {
        private readonly ManualResetEventSlim _gate = new();
        private volatile Func<int, bool> _holdsAt = static _ => false;
        private int _count;

        public ConcurrentBag<int> Threads { get; } = [];

        public int Count => Volatile.Read(ref _count);

        /// <summary>One waits.</summary>
        public bool Holds => _holds && !_gate.IsSet;

        /// <summary>One has waited, and was let go.</summary>
        public bool Held => _holds && _gate.IsSet;

        private volatile bool _holds;

        public void Wrap(RuntimeBuilder builder)
        {
            var open = builder.Journal;
            builder.Journal = b => new FaultyJournal(open(b)) { Before = See };
        }

        public void HoldCaller(int thread) => _holdsAt = current => current == thread;

        public void HoldOthersThan(int thread) => _holdsAt = current => current != thread;

        public void LetGo() => _gate.Set();

        public void Dispose() => _gate.Dispose();

        private Exception? See(IReadOnlyList<JournalWrite> batch)
        {
            if (batch.Any(static write => write is TurnWrite))
            {
                Interlocked.Increment(ref _count);
                Threads.Add(Environment.CurrentManagedThreadId);
                if (!_holds && _holdsAt(Environment.CurrentManagedThreadId))
                {
                    _holds = true;
                    Assert.True(_gate.Wait(TimeSpan.FromSeconds(60)), "nobody let it go");
                }
            }

            return null;
        }
    }

    /// <summary>Fails one commit that a caller makes on its own thread.</summary>
    private sealed class FailingOnce(string failure)
    {
        public volatile int Caller = -1;

        public volatile bool Failed;

        public void Wrap(RuntimeBuilder builder)
        {
            var open = builder.Journal;
            builder.Journal = b => new FaultyJournal(open(b)) { Before = _ => failure.EndsWith(", committed", StringComparison.Ordinal) ? null : Next(), After = _ => failure.EndsWith(", committed", StringComparison.Ordinal) ? Next() : null };
        }

        private Exception? Next()
        {
            if (Failed || Environment.CurrentManagedThreadId != Caller)
            {
                return null;
            }

            Failed = true;
            return failure switch
            {
                "unavailable" => new StoreUnavailableException("the disk is full"),
                "refused" => new InvalidOperationException("the store chokes"),
                _ => new OutcomeUnknownException("connection lost"),
            };
        }
    }
}
