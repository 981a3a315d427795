using Orchestrator.Actors;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.CheckIns;
using Orchestrator.Actors.Messaging;
using Orchestrator.Runtime;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Actors.CheckIns;

/// <summary>Check-ins over the real store: what comes due while no node runs is told once when one does.</summary>
public sealed class CheckInRestartTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new(Start);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_check_in_survives_a_restart_and_comes_once_for_all_the_times_that_were_missed()
    {
        await using (var system = await OpenAsync())
        {
            await AskAsync(system, AgentName.Parse("alice").Entity, GivenAgent.Register());
            await AskAsync(system, CheckInId.Parse("c1").Entity, Adding(new CheckInSchedule(Start.AddMinutes(30), null, null)));
            await AskAsync(system, CheckInId.Parse("c2").Entity, Adding(new CheckInSchedule(null, "0 * * * *", "UTC")));
        }

        _time.Advance(TimeSpan.FromHours(5) + TimeSpan.FromMinutes(10));
        await using var again = await OpenAsync();
        var messages = await Eventually.Value(() => again.Views.ListAsync<MessageView>(MessageView.ViewName, "alice"), static m => m.Count == 2, "both are told", TimeSpan.FromSeconds(60));
        Assert.Equal(["checkin/c1", "checkin/c2"], messages.Select(static m => m.Value.From).Order(StringComparer.Ordinal));
        var repeated = await Eventually.Value(() => again.Views.GetAsync<CheckIn>(CheckIn.ViewName, "c2"), static c => c!.Fired > 0, "c2 was due", TimeSpan.FromSeconds(60));
        Assert.Equal((1, Start.AddHours(6)), (repeated!.Fired, repeated.NextDue));
    }

    private static AddCheckIn Adding(CheckInSchedule schedule) => new(new CheckInTarget(AgentName.Parse("alice"), "developer"), "note", schedule, new string('7', 32));

    private Task<ActorSystem> OpenAsync()
        => ActorSystem.StartAsync(new RuntimeBuilder { Options = new RuntimeOptions { DataFolder = _folder.Path, Node = "test", MinimumFreeDisk = 0 }, VerifyPayloads = true, Time = _time }.AddDomain());

    private async Task AskAsync(ActorSystem system, EntityId to, Command command)
        => Assert.IsNotType<Refused>((await system.AskAsync(to, command, new CommandId(Ulid.New(_time.GetUtcNow())), new Sender("client:test")).WaitAsync(TimeSpan.FromSeconds(60))).Reply);
}
