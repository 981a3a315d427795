using Orchestrator.Client;
using Orchestrator.Tests.Node.Support;
using Orchestrator.Tests.Programs.Model;

namespace Orchestrator.Tests.Programs.Scenario;

/// <summary>Kills one developer and lets one hang, each once, where the seed says.</summary>
internal sealed class TeamFaults(ScenarioSeed seed)
{
    private int _killed;
    private int _hung;

    /// <summary>The API by which the program of a member is found.</summary>
    public OrchestratorClient? Client { get; set; }

    /// <summary>The kill, once it was begun.</summary>
    public Task Killing { get; private set; } = Task.CompletedTask;

    public bool Killed => Volatile.Read(ref _killed) != 0;

    public bool Hung => Volatile.Read(ref _hung) != 0;

    /// <summary>What becomes of the next step of a developer.</summary>
    /// <param name="member">Who.</param>
    /// <param name="task">What it works on, if that is known.</param>
    /// <param name="step">How many results of tools it has in this turn.</param>
    /// <param name="redoing">Whether the task was sent back.</param>
    /// <param name="next">What it would do.</param>
    public ModelScript Meet(string member, string? task, int step, bool redoing, ModelScript next)
    {
        if (task is null)
        {
            return next;
        }

        var point = new FaultPoint(task, redoing, step);
        if (point == seed.Hang && Interlocked.Exchange(ref _hung, 1) == 0)
        {
            return new ModelScript.Hang();
        }

        if (point == seed.Kill && Interlocked.Exchange(ref _killed, 1) == 0)
        {
            Killing = KillAsync(member, seed.Thinking + (seed.KilledAfter ?? TimeSpan.Zero));
            return seed.KilledAfter is null ? new ModelScript.Hang() : next;
        }

        return next;
    }

    private async Task KillAsync(string member, TimeSpan after)
    {
        await Task.Delay(after);
        NodeUnderTest.Signal("-KILL", (await Client!.GetAgentAsync(member)).Pane!.Pid);
    }
}
