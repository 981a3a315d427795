using Microsoft.Extensions.Logging;

using Orchestrator.Actors.Teams;
using Orchestrator.Node.Workers;
using Orchestrator.Node.Workers.Starting;
using Orchestrator.Runtime;

namespace Orchestrator.Node.Git;

/// <summary>What teams want of git on this node, one order after the other. One that was cut off by the end of the node stays in its queue of commands and runs again; each finds what it has done already.</summary>
internal sealed partial class GitOrders(WorkerContext context, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private readonly HashSet<long> _known = [];
    private Task _last = Task.CompletedTask;

    /// <summary>Whether a command is one of these.</summary>
    public static bool Takes(WorkerCommand command) => command is CommitWork or MakeTag or MergeBranch;

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
                    await UntilReportedAsync(command);
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

    private async Task UntilReportedAsync(PendingWorkerCommand command)
    {
        var cancellation = _stopping.Token;
        Command? report = null;
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                report ??= await RunAsync(command, cancellation);
                await context.Queue.CompleteAsync(command, report, context.Sender, cancellation);
                lock (_lock)
                {
                    _known.Remove(command.Id);
                }

                return;
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                LogRetried(logger, exception, command.Command.GetType().Name, command.From.ToString());
                await Task.Delay(RetryAfter, context.Time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<Command> RunAsync(PendingWorkerCommand command, CancellationToken cancellation) => command.Command switch
    {
        CommitWork commit => new ReportWork(commit.Member, Directory.Exists(commit.Worktree)
            ? await WorkCommits.RunAsync(commit, commit.Worktree, context.Time, cancellation)
            : new CommitResult(Commit: null, Files: 0, [], $"the worktree {commit.Worktree} is gone")),
        MakeTag tag => Folder(tag.Folder) is { Path: { } folder } ? await Merges.TagAsync(tag, folder, context.Time, cancellation) : new ReportTag(tag.Tag, Commit: null, Folder(tag.Folder).Problem),
        MergeBranch merge => Folder(merge.Folder) is { Path: { } folder } ? await Merges.RunAsync(merge, folder, context.Time, cancellation) : new ReportMerge(merge.Attempt, Commit: null, [], Folder(merge.Folder).Problem),
        _ => throw new System.Diagnostics.UnreachableException($"{command.Command.GetType().Name} is no order for git"),
    };

    // Checked again here: links can have been changed since the team was deployed.
    private (string? Path, string? Problem) Folder(string folder)
    {
        try
        {
            return (context.Folders.Check(folder), null);
        }
        catch (StartRefusedException refused)
        {
            return (null, refused.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Order} of {Team} could not be run or reported, and is tried again")]
    private static partial void LogRetried(ILogger logger, Exception exception, string order, string team);
}
