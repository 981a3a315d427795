using Microsoft.Extensions.Logging;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Nodes;
using Orchestrator.Node.Transcripts;
using Orchestrator.Node.Workers.Starting;
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
        var work = new List<Func<Task>>();
        var adoptions = 0;
        foreach (var agent in agents.Where(a => a.Node == context.Node && a.State != AgentState.Terminated))
        {
            var pane = panes.FirstOrDefault(p => p.Agent == agent.Name.Value && p.Generation == agent.Generation.Value);
            if (pane is not null && (agent.Pane is not null || agent.State == AgentState.Active || agent.Activity == AgentActivity.NodeLost))
            {
                claimed.Add(pane.Pane);
                if (agent.Pane is not null)
                {
                    work.Add(() => AdoptAsync(agent, pane, cancellation));
                    adoptions++;
                }
            }
            else if (agent.Pane is { } lost)
            {
                work.Add(() => ReportLostAsync(agent, lost, server, cancellation));
            }
        }

        await Parallel.ForEachAsync(work, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, static async (one, _) => await one());
        foreach (var pane in panes.Where(p => p.Agent is not null && !claimed.Contains(p.Pane)))
        {
            await UnclaimedAsync(pane, agents.FirstOrDefault(a => a.Name.Value == pane.Agent), cancellation);
        }

        LogDone(logger, adoptions, panes.Count);
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

    private async Task ReportLostAsync(AgentView agent, AgentPane lost, ServerStart server, CancellationToken cancellation)
    {
        var same = lost.Server.StartTime == server.Identity.StartTime && lost.Server.Pid == server.Identity.Pid;
        var reason = same ? "its pane was closed while the node was away" : "the tmux server was restarted (or the machine) while the node was away";
        var transcript = await KeepTranscriptAsync(agent, cancellation);
        await context.System.TellAsync(
            agent.Name.Entity,
            new ReportPaneEnded(agent.Generation, new PaneExit(ExitCode: null, Signal: null, reason), Output: null, context.Guards.HasStopped(agent.Name, agent.Generation)) { Transcript = transcript },
            CommandId.New(context.Time),
            context.Sender,
            cancellation);
    }

    /// <summary>It goes on elsewhere; what its program here had written down is kept here. The conversation that is known of it now is another one.</summary>
    private async Task ReportLeftAsync(AgentView agent, Generation generation, CancellationToken cancellation)
    {
        if (await KeepTranscriptAsync(agent with { Generation = generation, Session = null }, cancellation) is { } transcript)
        {
            await context.System.TellAsync(
                agent.Name.Entity,
                new ReportPaneEnded(generation, new PaneExit(ExitCode: null, Signal: null, "it goes on elsewhere"), Output: null) { Transcript = transcript },
                CommandId.New(context.Time),
                context.Sender,
                cancellation);
        }
    }

    /// <summary>Its pane is gone, but its program has left what it had written down.</summary>
    private async Task<KeptTranscript?> KeepTranscriptAsync(AgentView agent, CancellationToken cancellation)
    {
        if (context.Profiles.Find(agent.Profile) is not { } profile)
        {
            return null;
        }

        var launch = context.Launches.For(new AgentLaunch(agent.Name, agent.Generation, agent.Worktree?.Path ?? agent.Folder, agent.Command, context.Roles.For(agent.Name, agent.Role, agent.Model, agent.Temperature)), profile);
        return await context.Transcripts.KeepAsync(agent.Name, agent.Generation, new OwnTranscript(profile, launch, agent.Session?.Id, Proved: null), context.Node, context.System.Clock.Now, cancellation);
    }

    private async Task UnclaimedAsync(PaneFacts pane, AgentView? agent, CancellationToken cancellation)
    {
        if (agent is not null && pane.Generation is { } generation && generation <= agent.Generation.Value)
        {
            LogRemoved(logger, pane.Pane.ToString(), pane.Agent!, generation);

            // A program that does not mind that its terminal goes would act beside the one that has taken its place.
            await context.Tmux.Panes.SignalAsync(pane.Pane, pane.Agent!, generation, PaneSignal.Kill, cancellation);
            await context.Tmux.Panes.KillAsync(pane.Pane, pane.Agent!, generation, cancellation);
            if (agent.Node != context.Node)
            {
                await ReportLeftAsync(agent, new Generation(generation), cancellation);
            }

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
