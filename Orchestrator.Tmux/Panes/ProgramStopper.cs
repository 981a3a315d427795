using System.Diagnostics;
using System.Globalization;

namespace Orchestrator.Tmux;

/// <summary>A pane whose program may have to be stopped.</summary>
/// <param name="Agent">What the pane must be marked with, <c>@agent</c>.</param>
/// <param name="Generation">And <c>@generation</c>.</param>
/// <param name="ProcessId">The process that tmux started in it, for when tmux does not answer.</param>
/// <param name="StartedAt">When that was started (<see cref="ProgramStopper.StartedAt"/>): another process may have its number by now.</param>
public sealed record StoppablePane(string Agent, long Generation, int ProcessId, long StartedAt);

/// <summary>
/// Stops the programs of panes for good and for sure, without a connection to their server: for whoever watches over panes while the owner of that connection is gone. Only programs of panes whose marks
/// are the expected ones are touched. The panes stay, with what was on them.
/// </summary>
/// <param name="socketPath">The socket of the server.</param>
/// <param name="tmux">The tmux program.</param>
public sealed class ProgramStopper(string socketPath, string tmux)
{
    private const char Separator = '\t';
    private const int Terminate = (int)PaneSignal.Terminate;
    private const int Kill = (int)PaneSignal.Kill;
    private const int Continue = (int)PaneSignal.Continue;
    private static readonly TimeSpan TmuxWithin = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan GentlyWithin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan KilledWithin = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);
    private readonly TmuxProcess _process = new(new TmuxServerOptions { Folder = Path.GetDirectoryName(socketPath)!, Tmux = tmux, CommandTimeout = TmuxWithin }, socketPath);

    /// <summary>When a process was started, in clock ticks since the start of the machine; null if there is none.</summary>
    public static long? StartedAt(int pid) => ProgramTree.StartedAt(pid);

    /// <summary>Asks the programs of those of <paramref name="panes"/> that are there to end (SIGTERM), and kills what is left of them after a second. Returns those whose programs lived, and live no more.</summary>
    /// <exception cref="TmuxException">A program outlived SIGKILL, for example in a system call that does not return: it is tried again by calling this again.</exception>
    public async Task<IReadOnlyList<StoppablePane>> StopAsync(IReadOnlyCollection<StoppablePane> panes, CancellationToken cancellation = default)
    {
        var leaders = await LeadersAsync(panes, cancellation);
        var trees = leaders.ToDictionary(static pair => pair.Key, static pair => ProgramTree.Of(pair.Value, new Dictionary<int, long>()));
        var stopped = trees.Where(static tree => tree.Value.Count > 0).Select(static tree => tree.Key).ToList();
        Send(trees, Terminate);
        Send(trees, Continue);
        await EndAsync(leaders, trees, GentlyWithin, signal: null, cancellation);
        if (!await EndAsync(leaders, trees, KilledWithin, Kill, cancellation))
        {
            throw new TmuxException($"programs do not end: {string.Join(", ", trees.SelectMany(static tree => tree.Value.Keys))}");
        }

        return stopped;
    }

    private static void Send(Dictionary<StoppablePane, Dictionary<int, long>> trees, int signal)
    {
        foreach (var pid in trees.Values.SelectMany(static tree => tree.Keys))
        {
            Native.Kill(pid, signal);
        }
    }

    private static async Task<bool> EndAsync(Dictionary<StoppablePane, int> leaders, Dictionary<StoppablePane, Dictionary<int, long>> trees, TimeSpan within, int? signal, CancellationToken cancellation)
    {
        for (var watch = Stopwatch.StartNew(); trees.Values.Any(static tree => tree.Count > 0);)
        {
            foreach (var (pane, leader) in leaders)
            {
                trees[pane] = ProgramTree.Of(leader, trees[pane]);
            }

            // Again each time: one of them may just have started another.
            if (signal is { } now)
            {
                Send(trees, now);
            }

            if (watch.Elapsed > within)
            {
                return trees.Values.All(static tree => tree.Count == 0);
            }

            await Task.Delay(LookEvery, cancellation);
        }

        return true;
    }

    private async Task<Dictionary<StoppablePane, int>> LeadersAsync(IReadOnlyCollection<StoppablePane> panes, CancellationToken cancellation)
    {
        try
        {
            var format = string.Join(Separator, "#{@agent}", "#{@generation}", "#{pane_pid}", "#{pane_dead}");
            var answer = await _process.RunAsync(["list-panes", "-a", "-F", format], cancellation);
            if (answer.Succeeded)
            {
                var there = answer.Output.Split('\n').Select(static line => line.Split(Separator)).Where(static words => words is [_, _, not ("" or "0" or "1"), not "1"]).ToList();
                return panes
                    .Select(pane => (Pane: pane, Line: there.Find(words => words[0] == pane.Agent && words[1] == pane.Generation.ToString(CultureInfo.InvariantCulture))))
                    .Where(static found => found.Line is not null)
                    .ToDictionary(static found => found.Pane, static found => int.Parse(found.Line![2], CultureInfo.InvariantCulture));
            }
        }
        catch (TmuxException)
        {
            // It does not answer: the processes are those that were in the panes when their marks were read.
        }

        return panes.Where(static pane => pane.ProcessId > 1 && ProgramTree.StartedAt(pane.ProcessId) == pane.StartedAt).ToDictionary(static pane => pane, static pane => pane.ProcessId);
    }
}
