using Microsoft.Extensions.Logging;

using Orchestrator.Actors.Teams;
using Orchestrator.Node.Workers;
using Orchestrator.Node.Workers.Starting;
using Orchestrator.Runtime;

namespace Orchestrator.Node.Git;

/// <summary>What teams want of git on this node, one order after the other. One that was cut off by the end of the node stays in its queue of commands and runs again; each finds what it has done already.</summary>
internal sealed class GitOrders(WorkerContext context, ILogger logger) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private readonly HashSet<long> _known = [];
    private Task _last = Task.CompletedTask;

    /// <summary>Whether a command is one of these.</summary>
    public static bool Takes(WorkerCommand command) => command is CommitWork or MakeTag or InspectBranch or MergeBranch;

    /// <summary>Runs the order when those before it are done, and reports how it went.</summary>
    public void Begin(PendingWorkerCommand command)
    {
        lock (_lock)
        {
            if (_known.Add(command.Id))
            {
                var before = _last;
                _last = Task.Run(async () =>
                {
                    await before;
                    await ReportedRun.RunAsync(command, $"{command.Command.GetType().Name} of {command.From}", cancellation => RunAsync(command, cancellation), context, logger, _stopping.Token);
                    lock (_lock)
                    {
                        _known.Remove(command.Id);
                    }
                });
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _last;
        _stopping.Dispose();
    }

    private async Task<Command> RunAsync(PendingWorkerCommand command, CancellationToken cancellation) => command.Command switch
    {
        CommitWork commit => new ReportWork(commit.Member, Directory.Exists(commit.Worktree)
            ? await WorkCommits.RunAsync(commit, commit.Worktree, context.Time, cancellation)
            : new CommitResult(Commit: null, Files: 0, [], $"the worktree {commit.Worktree} is gone")),
        MakeTag tag => await InFolderAsync(tag.Folder, folder => Merges.TagAsync(tag, folder, context.Time, cancellation), problem => new ReportTag(tag.Tag, Commit: null, problem)),
        InspectBranch inspect => await InFolderAsync(inspect.Folder, folder => Merges.InspectAsync(inspect, folder, context.Time, cancellation), problem => new ReportBranch(inspect.Look, Commit: null, [], problem)),
        MergeBranch merge => await InFolderAsync(merge.Folder, folder => Merges.RunAsync(merge, folder, context.Time, cancellation), problem => new ReportMerge(merge.Attempt, Commit: null, [], problem)),
        _ => throw new System.Diagnostics.UnreachableException($"{command.Command.GetType().Name} is no order for git"),
    };

    // Checked again here: links can have been changed since the team was deployed.
    private async Task<Command> InFolderAsync<TReport>(string folder, Func<string, Task<TReport>> run, Func<string, Command> refused)
        where TReport : Command
    {
        string path;
        try
        {
            path = context.Folders.Check(folder);
        }
        catch (StartRefusedException problem)
        {
            return refused(problem.Message);
        }

        return await run(path);
    }
}
