using Orchestrator.Actors.Identity;
using Orchestrator.Actors.Tasks;
using Orchestrator.Node.Workers.Starting;

namespace Orchestrator.Node.Workers.Checks;

/// <summary>Runs the program that decides whether a task is complete, in the working folder of the agent.</summary>
internal sealed class CheckProgram(WorkingFolders folders, TimeProvider time)
{
    private readonly BoundedProgram _program = new(time);

    /// <summary>Runs it, and says how it ended; a program that cannot be started has not accepted.</summary>
    public async Task<CheckResult> RunAsync(RunCheck order, CancellationToken cancellation)
    {
        string folder;
        try
        {
            folder = folders.Check(order.Folder);
        }
        catch (StartRefusedException refused)
        {
            return new CheckResult(order.Attempt, Passed: false, ExitCode: null, string.Empty, $"could not be started: {refused.Message}", TimeSpan.Zero);
        }

        var end = await _program.RunAsync(order.Check.Command, folder, order.Check.TimeLimit, new Dictionary<string, string>(StringComparer.Ordinal) { ["ORC_TASK"] = order.Task.Value }, cancellation);
        return new CheckResult(order.Attempt, end.ExitCode == 0, end.ExitCode, Secret.Redact(end.Output), end.Reason, end.Took);
    }
}
