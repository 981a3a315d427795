using System.Collections.Immutable;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging;
using Orchestrator.Node.Channels;
using Orchestrator.Node.Hooks;
using Orchestrator.Node.Profiles;
using Orchestrator.Runtime;
using Orchestrator.Tmux;

namespace Orchestrator.Node.Workers.Starting;

/// <summary>A pane that was found or made, and is bound to its agent.</summary>
internal sealed record StartedPane(BoundPane Pane, bool Adopted)
{
    /// <summary>Messages that its program was given and has not answered yet.</summary>
    public ImmutableList<MessageId> Unanswered { get; init; } = [];

    /// <summary>Its program has been at its prompt since it was started.</summary>
    public bool HasBeenReady { get; init; }

    /// <summary>The worktree whose branch is pushed, because the agent may go on elsewhere; null for none.</summary>
    public AgentWorktree? PushedFrom { get; init; }

    /// <summary>The commit that was pushed last.</summary>
    public string? Pushed { get; init; }
}

/// <summary>Starts programs in panes, or takes over panes that are there already.</summary>
internal sealed class PaneStarter(WorkerContext context)
{
    /// <summary>Finds or makes the pane that <paramref name="order"/> wants.</summary>
    /// <returns>Null if the placement is stale: the agent has moved on.</returns>
    /// <exception cref="StartRefusedException">It cannot be started as asked; says why.</exception>
    public async Task<StartedPane?> StartAsync(SpawnPane order, CancellationToken cancellation)
    {
        var profile = context.Profiles.Find(order.Profile)
            ?? throw new StartRefusedException($"there is no profile {order.Profile} on this node: it has {string.Join(", ", context.Profiles.Names)}");
        var panes = await context.Tmux.Panes.ListAsync(cancellation);
        if (panes.FirstOrDefault(p => p.Agent == order.Agent.Value && p.Generation == order.Generation.Value) is { } there)
        {
            // An earlier process was killed between making the pane and saying so.
            return await BindAsync(PlanOf(order, profile), there, worktree: null, adopted: true, started: true, cancellation);
        }

        if (order.AdoptPane is { } wanted)
        {
            return await TakeOverAsync(order, wanted, panes, profile, cancellation);
        }

        var folder = context.Folders.Check(order.Folder);
        var worktree = order.WorktreeBranch is { } branch ? await context.Worktrees.EnsureAsync(order.Agent, folder, branch, order.Session is { Elsewhere: true }, order.Fetch, cancellation) : null;
        var plan = PlanOf(order with { Folder = worktree?.Path ?? folder }, profile);
        var made = await SpawnAsync(order, plan, cancellation);
        if (context.FailPoints is { } points)
        {
            await points.HitAsync(FailPoints.PaneMade, cancellation);
        }

        var facts = await context.Tmux.Panes.FindAsync(made.Pane, cancellation)
            ?? throw new StartRefusedException("its pane was gone as soon as it was made");
        return await BindAsync(plan, facts, worktree, adopted: false, started: true, cancellation);
    }

    /// <summary>Takes over a pane that is there already, after a restart of this node, under a new writer number.</summary>
    /// <returns>Null if the placement is stale.</returns>
    public Task<StartedPane?> AdoptAsync(AgentLaunch agent, AgentProfile profile, PaneFacts facts, AgentWorktree? worktree, CancellationToken cancellation)
        => BindAsync(Plan(agent with { Folder = worktree?.Path ?? agent.Folder }, profile), facts, worktree, adopted: true, started: false, cancellation);

    /// <summary>What of a profile an agent's queue must know. The envelope takes some of the room.</summary>
    public static ProfileTraits Traits(AgentProfile profile)
        => new(Math.Max(1, profile.Typing.MaxBytes - EnvelopeRules.MaximumOverhead), profile.Typing.WhileWorking == WhileWorking.QueueInProgram, Answers: profile is { Answers: not null, Transcript: not null }, TakesBrief: profile.Envelope.On);

    private async Task<StartedPane?> BindAsync(PlannedLaunch plan, PaneFacts facts, AgentWorktree? worktree, bool adopted, bool started, CancellationToken cancellation)
    {
        var (agent, profile) = (plan.Agent, plan.Profile);
        var server = context.Tmux.Identity ?? throw new StartRefusedException("the tmux server is not known yet");
        var pane = new AgentPane(facts.Pane.ToString(), facts.Window.ToString(), facts.ProcessId, new TmuxServerFact(server.StartTime, server.Pid, context.Tmux.SocketPath));
        var traits = Traits(profile) with { Limits = context.Roles.Find(agent.Role.Name).Limits };
        var account = profile.Account.Of(profile.Name, plan.Launch.Environment);
        var bind = new BindPane(agent.Generation, pane, traits, worktree, adopted, facts.Marks.Sequence ?? 0, started ? SessionOf(agent, profile) : null, account, context.Incarnation(), await context.Guards.CoverAsync(agent.Agent, agent.Generation, agent.OnNodeLoss, facts.ProcessId, cancellation));
        var answer = await context.System.AskAsync(agent.Agent.Entity, bind, CommandId.New(context.Time), context.Sender, cancellation);
        if (answer.Reply is not PaneBinding binding)
        {
            // If the guard knows of it, its time is not moved on.
            return null;
        }

        context.Guards.Bound(agent.Agent, agent.Generation, bind.GuardGrace, bind.Incarnation);
        await context.Deliveries.AdoptAsync(facts.Pane, binding.Writer, cancellation);
        return new StartedPane(
            new BoundPane(agent.Agent, agent.Generation, profile.WithCommand(plan.Launch.Command), plan.Context, plan.Launch.Environment, facts.Pane, facts.ProcessId, binding.Writer),
            adopted)
        {
            Unanswered = binding.Unanswered,
            HasBeenReady = binding.HasBeenReady,
            PushedFrom = bind.GuardGrace is null ? null : worktree,
            Pushed = binding.Pushed?.Commit,
        };
    }

    private async Task<SpawnedPane> SpawnAsync(SpawnPane order, PlannedLaunch plan, CancellationToken cancellation)
    {
        var (agent, profile) = (plan.Agent, plan.Profile);
        Directory.CreateDirectory(plan.Context.State);
        var plain = plan.Launch with { Environment = await context.Access.GiveAsync(order, plan.Launch.Environment, context, cancellation) };
        var start = ChannelFile.Install(profile, plan.Context, await HookInstallation.InstallAsync(profile, plan.Context, plain, order.NoTools is not true, cancellation));
        try
        {
            return await context.Tmux.Panes.SpawnAsync(
                new PaneSpawn
                {
                    Folder = plan.Context.Folder,
                    Command = start.Command,
                    Environment = start.Environment,
                    Agent = agent.Agent.Value,
                    Generation = agent.Generation.Value,
                    Marks = new Dictionary<string, string>(StringComparer.Ordinal) { ["@node"] = context.Node },
                    WindowName = agent.Agent.Value,
                    Columns = profile.Size.Columns,
                    Rows = profile.Size.Rows,
                },
                cancellation);
        }
        catch (PaneRefusedException refused)
        {
            throw new StartRefusedException(refused.Message, refused);
        }
        catch (TmuxCommandException refused)
        {
            // What tmux was told has the token of the agent in it, and the keys of its program.
            throw new StartRefusedException($"tmux refused to make its pane: {refused.Answer}");
        }
    }

    private async Task<StartedPane?> TakeOverAsync(SpawnPane order, string wanted, IReadOnlyList<PaneFacts> panes, AgentProfile profile, CancellationToken cancellation)
    {
        if (panes.FirstOrDefault(p => p.Pane.ToString() == wanted && !p.Dead) is not { } facts)
        {
            throw new StartRefusedException($"there is no living pane {wanted} in this node's tmux server: 'tmux -S {context.Tmux.SocketPath} list-panes -a' shows them");
        }

        if (facts.Agent is { } owner && owner != order.Agent.Value)
        {
            throw new StartRefusedException($"the pane {wanted} belongs to the agent {owner}");
        }

        await context.Tmux.Panes.ClaimAsync(facts.Pane, order.Agent.Value, order.Generation.Value, cancellation);
        return await BindAsync(PlanOf(order, profile), facts, worktree: null, adopted: true, started: false, cancellation);
    }

    private PlannedLaunch PlanOf(SpawnPane order, AgentProfile profile)
    {
        var resume = order.Session is { Resume: true } plan && !profile.ResumeArguments.IsEmpty
            && (plan.Known is not null || !profile.ResumeArguments.Any(static word => word.Contains("{session}", StringComparison.Ordinal)))
            && (!plan.Elsewhere || IsHere(order, plan, profile));
        var session = resume ? order.Session!.Known : profile.Session.NewArguments.IsEmpty ? null : order.Session?.New;
        var role = context.Roles.For(order.Agent, order.Role, order.Model, order.Temperature);
        return Plan(new AgentLaunch(order.Agent, order.Generation, order.Folder, order.Command, role, session, resume) { OnNodeLoss = order.OnNodeLoss }, profile);
    }

    private PlannedLaunch Plan(AgentLaunch agent, AgentProfile profile)
    {
        var launch = context.Launches.For(agent, profile);
        return new PlannedLaunch(agent, profile, launch, Launch.Of(profile, launch, agent.Resume));
    }

    /// <summary>Whether the record of a conversation that was led on another node is found on this one, as where both share the home folder.</summary>
    private bool IsHere(SpawnPane order, SessionPlan plan, AgentProfile profile)
    {
        if (plan.Known is not { } known || profile.Transcript is not { } rules)
        {
            return false;
        }

        var launch = new AgentLaunch(order.Agent, order.Generation, order.Folder, order.Command, context.Roles.For(order.Agent, order.Role, order.Model, order.Temperature), known);
        return new TranscriptFiles(rules, context.Launches.For(launch, profile)).List().Exists(file => profile.Session.IdIn(file.FullName) == known);
    }

    private static SessionReport SessionOf(AgentLaunch agent, AgentProfile profile)
        => new(agent.Resume, agent.Session, profile.Role.PromptBy is null ? agent.Role.Prompt : null, profile.Session.Continues);

    /// <summary>What an agent is started with: worked out once, for its pane and for what is remembered of it.</summary>
    private sealed record PlannedLaunch(AgentLaunch Agent, AgentProfile Profile, LaunchContext Context, Launch Launch);
}
