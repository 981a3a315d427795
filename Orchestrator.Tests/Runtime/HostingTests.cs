using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Runtime;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Runtime;

public sealed class HostingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_runtime_starts_and_stops_with_its_host_and_modules_add_to_one_builder()
    {
        var host = Host.CreateApplicationBuilder();
        var builder = host.Services.AddOrchestratorRuntime(new RuntimeOptions { DataFolder = _folder.Path, MinimumFreeDisk = 0 });
        Assert.Same(builder, host.Services.AddOrchestratorRuntime());
        builder.AddEntity(new EntityKind<Account>(Account.KindName, new AccountBehavior())).AddProjection(new AccountView());
        builder.Manifests.Map<Deposit>("account.deposit.v1").Map<Deposited>("account.deposited.v1").Map<Balance>("account.balance.v1");
        Assert.Throws<InvalidOperationException>(() => builder.AddProjection(new AccountView()));
        using (var app = host.Build())
        {
            await app.StartAsync();
            var system = app.Services.GetRequiredService<IActorSystem>();
            var answer = await system.AskAsync(Account.Named("a"), new Deposit(1, "x"), Bank.NewId(), Bank.Client);
            var views = app.Services.GetRequiredService<IViews>();
            await views.WaitForAsync(answer.Position).WaitAsync(TimeSpan.FromSeconds(30));
            Assert.Equal(1, (await views.GetAsync<AccountRow>("accounts", "a"))!.Balance);
            await app.StopAsync();
        }

        await using var bank = await Bank.OpenAsync(_folder.Path);
        Assert.Equal(1, (await bank.BalanceAsync("a")).Amount);
    }

    [Fact]
    public async Task A_shutdown_runs_its_phases_in_order_once_and_a_failing_or_endless_task_does_not_stop_it()
    {
        var order = new List<string>();
        var shutdown = new CoordinatedShutdown(NullLogger.Instance, TimeSpan.FromMilliseconds(200));
        shutdown.Add(ShutdownPhase.CloseStore, "last", _ => Note("close"));
        shutdown.Add(ShutdownPhase.ServiceUnbind, "first", _ => Note("unbind"));
        shutdown.Add(ShutdownPhase.Drain, "fails", _ => throw new InvalidOperationException("defect"));
        shutdown.Add(ShutdownPhase.Drain, "never ends", static outOfTime => Task.Delay(Timeout.InfiniteTimeSpan, outOfTime));
        shutdown.Add(ShutdownPhase.StopIngress, "middle", _ => Note("ingress"));
        await Task.WhenAll(shutdown.RunAsync(), shutdown.RunAsync());
        Assert.Equal(["unbind", "ingress", "close"], order);

        Task Note(string what)
        {
            order.Add(what);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task A_stop_answers_whoever_waits_and_keeps_what_was_told()
    {
        using var gate = new ManualResetEventSlim();
        var bank = await Bank.OpenAsync(_folder.Path);
        await bank.AskAsync("a", new Deposit(1, "first"));
        var holding = false;
        bank.Behavior.Holds = command =>
        {
            if (command is Deposit { Note: "held" })
            {
                Volatile.Write(ref holding, true);
                gate.Wait();
            }
        };

        // A caller that is alone decides on its own thread, which must not be this one.
        var held = Task.Run(() => bank.AskAsync("a", new Deposit(1, "held")));
        await Eventually.True(() => Volatile.Read(ref holding), "the command is being decided");
        var told = Task.WhenAll(Enumerable.Range(0, 20).Select(i => bank.TellAsync("a", new Deposit(1, $"n{i}"))));
        await told;
        var stopped = bank.System.StopAsync();
        gate.Set();
        await stopped;
        Assert.IsType<Balance>((await held).Reply);
        await using var again = await Bank.OpenAsync(_folder.Path);
        await Eventually.True(async () => (await again.BalanceAsync("a")).Notes.Count == 22, "all is there");
        Assert.Equal(22, (await again.BalanceAsync("a")).Notes.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task Commits_turns_restarts_and_dead_letters_are_measured()
    {
        var seen = new System.Collections.Concurrent.ConcurrentDictionary<string, double>(StringComparer.Ordinal);
        using var listener = new MeterListener { InstrumentPublished = static (instrument, listener) => { if (instrument.Meter.Name is RuntimeTelemetry.Name) { listener.EnableMeasurementEvents(instrument); } } };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => seen.AddOrUpdate(instrument.Name, value, (_, old) => old + value));
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => seen.AddOrUpdate(instrument.Name, value, (_, old) => old + value));
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => seen.AddOrUpdate(instrument.Name, value, (_, old) => old + value));
        listener.Start();
        await using var bank = await Bank.OpenAsync(_folder.Path, static builder => builder.AddProjection(new AccountView()));
        await bank.AskAsync("a", new Deposit(1, "x"));
        await bank.AskAsync("a", new Explode(Switch: null, "x"));
        listener.RecordObservableInstruments();
        foreach (var name in new[] { "commits", "batch.size", "commit.duration", "turns", "commands", "restarts", "dead_letters" })
        {
            Assert.True(seen.GetValueOrDefault("orchestrator.runtime." + name) > 0, name);
        }

        Assert.Contains("orchestrator.runtime.waiting", seen.Keys);
        Assert.Contains("orchestrator.runtime.entities", seen.Keys);
        Assert.Contains("orchestrator.runtime.projection.lag", seen.Keys);
    }
}
