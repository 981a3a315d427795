using FsCheck;
using FsCheck.Fluent;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Tasks;
using Orchestrator.Runtime;

namespace Orchestrator.Tests.Actors.Tasks;

/// <summary>The figures of executions: each status has its own sum and count, so none spoils the mean of another.</summary>
public sealed class ExecutionStatisticsTests
{
    private static readonly ExecutionStatisticsProjection Projection = new();

    private readonly World _world = new();

    [Fact]
    public void The_mean_of_the_completed_has_nothing_of_the_failed_in_it()
    {
        _world.Ready("alice");
        foreach (var (id, minutes, fails) in new[] { ("t1", 10, false), ("t2", 60, true), ("t3", 20, false) })
        {
            _world.Adds(id, "alice");
            _world.Pass(TimeSpan.FromMinutes(7));
            _world.Delivered("alice");
            _world.Pass(TimeSpan.FromMinutes(minutes));
            _world.Tells(id, fails ? new FailTask("no") : World.Completed());
        }

        var all = Folded(ExecutionStatistics.All);
        Assert.Equal(TimeSpan.FromMinutes(15), all.Completed.Mean());
        Assert.Equal(TimeSpan.FromMinutes(60), all.Failed.Mean());
        Assert.Equal((2, 1, 0, 0, 0), (all.Completed.Count, all.Failed.Count, all.Cancelled.Count, all.Pending, all.Running));
        Assert.Equal(all.Completed, Folded("agent:alice").Completed);
    }

    [Fact]
    public void What_waits_is_pending_and_what_never_began_has_no_duration()
    {
        _world.Ready("alice");
        _world.Adds("t1", "alice");
        _world.Adds("t2", "alice");
        _world.Delivered("alice");
        Assert.Equal((1, 1), (Folded(ExecutionStatistics.All).Pending, Folded(ExecutionStatistics.All).Running));
        _world.Pass(TimeSpan.FromHours(1));
        _world.Tells("t2", new CancelTask("not needed"));
        var all = Folded(ExecutionStatistics.All);
        Assert.Equal((0, 1, 1, 0), (all.Pending, all.Running, all.Cancelled.Count, all.Cancelled.Timed));
        Assert.Null(all.Cancelled.Mean());
    }

    [Fact]
    public void The_mean_of_any_durations_is_their_sum_by_their_number()
        => Prop.ForAll(ArbMap.Default.ArbFor<(ushort Seconds, byte Status)[]>(), static runs =>
        {
            var row = new ExecutionStatistics();
            var number = 0;
            foreach (var (seconds, status) in runs)
            {
                var ended = (ExecutionStatus)(2 + (status % 3));
                var start = GivenAgent.Start;
                row = Projection.Fold(ExecutionStatistics.All, row, Envelope(new ExecutionQueued(++number, "agent:a", null, start)))!;
                row = Projection.Fold(ExecutionStatistics.All, row, Envelope(new ExecutionStarted(number, AgentName.Parse("a"), start)))!;
                row = Projection.Fold(ExecutionStatistics.All, row, Envelope(new ExecutionEnded(number, ExecutionStatus.Running, ended, AgentName.Parse("a"), start, "", start.AddSeconds(seconds))))!;
            }

            bool Right(EndedExecutions of, ExecutionStatus status)
            {
                var durations = runs.Where(r => (ExecutionStatus)(2 + (r.Status % 3)) == status).Select(static r => (double)r.Seconds).ToList();
                return of.Count == durations.Count && (durations.Count == 0 ? of.Mean() is null : Math.Abs(of.Mean()!.Value.TotalSeconds - durations.Average()) < 0.001);
            }

            return row.Pending == 0 && row.Running == 0
                && Right(row.Completed, ExecutionStatus.Completed) && Right(row.Failed, ExecutionStatus.Failed) && Right(row.Cancelled, ExecutionStatus.Cancelled);
        }).QuickCheckThrowOnFailure();

    private static EventEnvelope Envelope(Event e) => new(new JournalPosition(1), TaskId.Parse("t1").Entity, 1, GivenAgent.Start, "", e, default);

    private ExecutionStatistics Folded(string key)
        => _world.History.Select(static h => Envelope(h.Event)).Where(e => Projection.KeysOf(e).Contains(key)).Aggregate(new ExecutionStatistics(), (row, e) => Projection.Fold(key, row, e)!);
}
