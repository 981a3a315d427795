using Microsoft.Extensions.Logging;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Nodes;
using Orchestrator.Runtime;
using Orchestrator.Tmux;

namespace Orchestrator.Node.Workers;

/// <summary>
/// What the journal says against what is there, at every start, and when the cluster had given this node up. Running and there: adopted. Running and not there: reported as ended. Not running and there: removed,
/// if the journal is as new as the pane; a pane newer than the journal, or of nobody, is shown and left alone.
/// </summary>
internal sealed partial class Reconciliation(WorkerContext context, Func<AgentName, AgentHands> hands, ILogger logger)
{
    private const int AtOnce = 16;

    public async Task RunAsync(ServerStart server, CancellationToken cancellation)
    {
        await context.Views.WaitForAsync(await context.Log.GetHeadAsync(cancellation), cancellation);
        var agents = await context.Views.AllAsync<AgentView>(AgentView.ViewName, cancellationToken: cancellation).Select(static row => row.Value).ToListAsync(cancellation);
        var panes = await context.Tmux.Panes.ListAsync(cancellation);
        var claimed = new HashSet<PaneId>();
        var adoptions = new List<Func<Task>>();
        foreach (var agent in agents.Where(a => a.Node == context.Node && a.State != AgentState.Terminated))
        {
            var pane = panes.FirstOrDefault(p => p.Agent == agent.Name.Value && p.Generation == agent.Generation.Value);
            if (pane is not null && (agent.Pane is not null || agent.State == AgentState.Active || agent.Activity == AgentActivity.NodeLost))
            {
                claimed.Add(pane.Pane);
                if (agent.Pane is not null)
                {
                    adoptions.Add(() => AdoptAsync(agent, pane, cancellation));
                }
            }
            else if (agent.Pane is { } lost)
            {
                await ReportLostAsync(agent, lost, server, cancellation);
            }
        }

        await Parallel.ForEachAsync(adoptions, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, static async (adopt, _) => await adopt());
        foreach (var pane in panes.Where(p => p.Agent is not null && !claimed.Contains(p.Pane)))
        {
            await UnclaimedAsync(pane, agents.FirstOrDefault(a => a.Name.Value == pane.Agent), cancellation);
        }

        LogDone(logger, adoptions.Count, panes.Count);
    }

    private async Task AdoptAsync(AgentView agent, PaneFacts pane, CancellationToken cancellation)
    {
        if (context.Profiles.Find(agent.Profile) is not { } profile)
        {
            LogNoProfile(logger, agent.Name.Value, agent.Profile);
            return;
        }

        await hands(agent.Name).AdoptAsync(agent, profile, pane, cancellation);
    }

    private Task ReportLostAsync(AgentView agent, AgentPane lost, ServerStart server, CancellationToken cancellation)
    {
        var same = lost.Server.StartTime == server.Identity.StartTime && lost.Server.Pid == server.Identity.Pid;
        var reason = same ? "its pane was closed while the node was away" : "the tmux server was restarted (or the machine) while the node was away";
        return context.System.TellAsync(
            agent.Name.Entity,
            new ReportPaneEnded(agent.Generation, new PaneExit(ExitCode: null, Signal: null, reason), Output: null, context.Guards.HasStopped(agent.Name, agent.Generation)),
            CommandId.New(context.Time),
            context.Sender,
            cancellation);
    }

    private async Task UnclaimedAsync(PaneFacts pane, AgentView? agent, CancellationToken cancellation)
    {
        if (agent is not null && pane.Generation is { } generation && generation <= agent.Generation.Value)
        {
            LogRemoved(logger, pane.Pane.ToString(), pane.Agent!, generation);

            // A program that does not mind that its terminal goes would act beside the one that has taken its place.
            await context.Tmux.Panes.SignalAsync(pane.Pane, pane.Agent!, generation, PaneSignal.Kill, cancellation);
            await context.Tmux.Panes.KillAsync(pane.Pane, pane.Agent!, generation, cancellation);
            return;
        }

        var reason = agent is null ? "no agent of this name is known" : $"it is newer than the journal, which knows generation {agent.Generation}";
        await context.System.TellAsync(
            NodeRecord.Entity(context.Node), new ReportStrayPane(pane.Pane.ToString(), pane.Agent, pane.Generation, reason), CommandId.New(context.Time), context.Sender, cancellation);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Adopted} agents adopted, {Panes} panes there")]
    private static partial void LogDone(ILogger logger, int adopted, int panes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "removing pane {Pane} of {Agent}, generation {Generation}: the journal says that it was stopped")]
    private static partial void LogRemoved(ILogger logger, string pane, string agent, long generation);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Agent} runs, but its profile {Profile} is gone: it is left alone; put the profile back and restart the node")]
    private static partial void LogNoProfile(ILogger logger, string agent, string profile);
}
