using Microsoft.Extensions.Logging;

namespace Orchestrator.Runtime;

/// <summary>The phases of a shutdown, in their order. Tasks of one phase run side by side; the next phase starts when all are done or out of time.</summary>
public enum ShutdownPhase
{
    /// <summary>Take no more requests from outside.</summary>
    ServiceUnbind,

    /// <summary>Finish the requests that are being served.</summary>
    ServiceRequestsDone,

    /// <summary>Stop what acts in the outside world.</summary>
    ServiceStop,

    /// <summary>Take no more commands.</summary>
    StopIngress,

    /// <summary>Finish the commands that are being worked on.</summary>
    Drain,

    /// <summary>Stop projections, reminders and followers.</summary>
    StopProjections,

    /// <summary>Commit what is left and close the store.</summary>
    CloseStore,
}

/// <summary>Ends a process in an orderly way: parts register what they do in which phase. A task that fails or takes too long is logged, and the shutdown goes on.</summary>
public sealed partial class CoordinatedShutdown(ILogger logger, TimeSpan? phaseTimeout = null)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ShutdownPhase, List<(string Name, Func<CancellationToken, Task> Run)>> _tasks = [];
    private readonly TimeSpan _timeout = phaseTimeout ?? TimeSpan.FromSeconds(15);
    private Task? _running;

    /// <summary>Adds a task to a phase.</summary>
    /// <param name="phase">When it runs.</param>
    /// <param name="name">What the log calls it.</param>
    /// <param name="run">What it does; its token is cancelled when the phase is out of time.</param>
    public void Add(ShutdownPhase phase, string name, Func<CancellationToken, Task> run)
    {
        lock (_gate)
        {
            if (!_tasks.TryGetValue(phase, out var tasks))
            {
                _tasks[phase] = tasks = [];
            }

            tasks.Add((name, run));
        }
    }

    /// <summary>Runs all phases, once: every caller waits for the same run.</summary>
    public Task RunAsync()
    {
        lock (_gate)
        {
            return _running ??= Task.Run(RunPhasesAsync);
        }
    }

    private async Task RunPhasesAsync()
    {
        foreach (var phase in Enum.GetValues<ShutdownPhase>())
        {
            List<(string Name, Func<CancellationToken, Task> Run)> tasks;
            lock (_gate)
            {
                tasks = [.. _tasks.GetValueOrDefault(phase) ?? []];
            }

            if (tasks.Count > 0)
            {
                using var outOfTime = new CancellationTokenSource(_timeout);
                await Task.WhenAll(tasks.Select(task => RunTaskAsync(phase, task.Name, task.Run, outOfTime.Token)));
            }
        }
    }

    private async Task RunTaskAsync(ShutdownPhase phase, string name, Func<CancellationToken, Task> run, CancellationToken outOfTime)
    {
        try
        {
            await run(outOfTime).WaitAsync(outOfTime);
        }
        catch (OperationCanceledException) when (outOfTime.IsCancellationRequested)
        {
            OutOfTime(logger, phase, name);
        }
        catch (Exception e)
        {
            Failed(logger, phase, name, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Shutdown: {Name} did not finish in time in phase {Phase}")]
    private static partial void OutOfTime(ILogger logger, ShutdownPhase phase, string name);

    [LoggerMessage(Level = LogLevel.Error, Message = "Shutdown: {Name} failed in phase {Phase}")]
    private static partial void Failed(ILogger logger, ShutdownPhase phase, string name, Exception e);
}
