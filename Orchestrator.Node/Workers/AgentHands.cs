using System.Threading.Channels;

using Microsoft.Extensions.Logging;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging;
using Orchestrator.Node.Channels;
using Orchestrator.Node.Profiles;
using Orchestrator.Node.Transcripts;
using Orchestrator.Node.Workers.Deliveries;
using Orchestrator.Node.Workers.Panes;
using Orchestrator.Node.Workers.Starting;
using Orchestrator.Runtime;
using Orchestrator.Tmux;

namespace Orchestrator.Node.Workers;

/// <summary>
/// All that this node does to one agent, one thing after the other: start, deliver, stop. So its pane has one writer. A command that fails because tmux or the store is
/// away stays and is tried again; it is durable anyway.
/// </summary>
internal sealed partial class AgentHands : IAsyncDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);

    private readonly AgentName _agent;
    private readonly WorkerContext _context;
    private readonly PaneStarter _starter;
    private readonly PaneStopper _stopper;
    private readonly ILogger _logger;
    private readonly Channel<Func<CancellationToken, Task>> _lane = Channel.CreateUnbounded<Func<CancellationToken, Task>>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private readonly Task _running;
    private readonly DateTimeOffset _startedAt;
    private CancellationTokenSource? _delivery;
    private AnswerWatch? _answers;
    private TranscriptWatch? _transcript;
    private BranchPushes? _pushing;
    private ChannelFile? _channel;
    private string? _session;
    private string? _knownSession;
    private string? _proved;
    private (Generation Generation, BoundPane Pane, PaneMarks? Marks)? _ended;

    public AgentHands(AgentName agent, DateTimeOffset startedAt, WorkerContext context, ILogger logger)
    {
        _agent = agent;
        _context = context;
        _logger = logger;
        _startedAt = startedAt;
        _starter = new PaneStarter(context);
        _stopper = new PaneStopper(context);
        _running = Task.Run(RunAsync);
    }

    /// <summary>The pane that it has now.</summary>
    public BoundPane? Pane { get; private set; }

    /// <summary>The watch over that pane.</summary>
    public PaneWatch? Watch { get; private set; }

    /// <summary>The program's own id of its conversation, as far as it is known.</summary>
    public string? Session => _session ?? _knownSession;

    /// <summary>The transcript of its conversation; null without a pane.</summary>
    public OwnTranscript? Transcript => Pane is { } pane ? TranscriptOf(pane) : null;

    /// <summary>Why the message that is being delivered has not got further, for a person.</summary>
    public string? Delivering { get; private set; }

    /// <summary>Takes a command into the lane.</summary>
    public void Enqueue(PendingWorkerCommand command)
    {
        if (command.Command is StopPane)
        {
            Interrupt();
        }

        Enqueue(cancellation => WorkAsync(command, cancellation));
    }

    /// <summary>The pane of <paramref name="generation"/> is gone with its server, or was closed.</summary>
    public void PaneGone(Generation generation, PaneExit exit)
    {
        Interrupt();
        Enqueue(cancellation => EndedAsync(generation, exit, cancellation));
    }

    /// <summary>Takes over a pane that is there already, after a restart of this node.</summary>
    public Task AdoptAsync(AgentView view, AgentProfile profile, PaneFacts facts, CancellationToken cancellation)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Enqueue(async stopping =>
        {
            try
            {
                if (_ended?.Generation == view.Generation)
                {
                    // It ended while the views were read.
                    done.TrySetResult();
                    return;
                }

                // A message that was under way when the panes were listed has been typed since: its number counts.
                var now = await _context.Tmux.Panes.FindAsync(facts.Pane, stopping) ?? facts;
                var role = _context.Roles.For(_agent, view.Role, view.Model, view.Temperature);
                var started = await _starter.AdoptAsync(new AgentLaunch(_agent, view.Generation, view.Folder, view.Command, role) { OnNodeLoss = view.OnNodeLoss }, profile, now, view.Worktree, stopping);
                if (started is not null)
                {
                    await EndWatchingAsync();
                    Begin(started, hasBeenReady: started.HasBeenReady || view.State is AgentState.Idle or AgentState.Busy, view);
                }
                else
                {
                    // It has moved on since the views were read.
                    await RemoveStaleAsync(view.Generation, stopping);
                }

                done.TrySetResult();
            }
            catch (Exception exception)
            {
                done.TrySetException(exception);
                throw;
            }
        });
        return done.Task.WaitAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        _lane.Writer.TryComplete();
        await _stopping.CancelAsync();
        await _running;
        await EndWatchingAsync();
        _stopping.Dispose();
    }

    private void Enqueue(Func<CancellationToken, Task> work) => _lane.Writer.TryWrite(work);

    private async Task RunAsync()
    {
        var cancellation = _stopping.Token;
        try
        {
            await foreach (var work in _lane.Reader.ReadAllAsync(cancellation))
            {
                await UntilDoneAsync(work, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            LogStopped(_logger, _agent.Value);
        }
    }

    private async Task UntilDoneAsync(Func<CancellationToken, Task> work, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                await work(cancellation);
                return;
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                throw;
            }
            catch (Exception exception)
            {
                LogRetried(_logger, exception, _agent.Value);
                await Task.Delay(RetryAfter, _context.Time, cancellation);
            }
        }
    }

    private Task WorkAsync(PendingWorkerCommand command, CancellationToken cancellation) => command.Command switch
    {
        SpawnPane spawn => SpawnAsync(command, spawn, cancellation),
        StopPane stop => StopAsync(command, stop, cancellation),
        DeliverMessage deliver => DeliverAsync(command, deliver, cancellation),
        AnswerDialog answer => AnswerAsync(command, answer, cancellation),
        GuardPane guard => GuardAsync(command, guard, cancellation),
        _ => throw new InvalidOperationException($"a worker has no rule for {command.Command.GetType().Name}"),
    };

    private async Task SpawnAsync(PendingWorkerCommand command, SpawnPane spawn, CancellationToken cancellation)
    {
        if (Pane is { } has && has.Generation == spawn.Generation)
        {
            await CompleteAsync(command, report: null, cancellation);
            return;
        }

        StartedPane? started;
        try
        {
            started = await _starter.StartAsync(spawn, cancellation);
        }
        catch (StartRefusedException refused)
        {
            await CompleteAsync(command, new ReportStartFailed(spawn.Generation, refused.Message), cancellation);
            return;
        }

        if (started is null)
        {
            await RemoveStaleAsync(spawn.Generation, cancellation);
        }
        else
        {
            Begin(started, hasBeenReady: false);
        }

        await CompleteAsync(command, report: null, cancellation);
    }

    private async Task RemoveStaleAsync(Generation generation, CancellationToken cancellation)
    {
        foreach (var pane in await _context.Tmux.Panes.ListAsync(cancellation))
        {
            if (pane.Agent == _agent.Value && pane.Generation == generation.Value)
            {
                await _context.Tmux.Panes.KillAsync(pane.Pane, _agent.Value, generation.Value, cancellation);
            }
        }
    }

    private void Begin(StartedPane started, bool hasBeenReady, AgentView? known = null)
    {
        var pane = started.Pane;
        var session = known?.Session?.Id;
        var watch = new PaneWatch(pane, _context, hasBeenReady, known?.Dialog is not null, known is null ? null : KnownLimit.Of(known), exit => GoneAsync(pane.Generation, exit), _logger);
        (Pane, Watch) = (pane, watch);
        _channel = pane.Profile.Channel is { } rules ? new ChannelFile(rules, pane.Launch) : null;
        _answers = AnswerWatch.Over(pane, started.Unanswered, fresh: !started.Adopted, () => watch.AtPromptSince, _context, _logger);
        _transcript = TranscriptWatch.Over(pane, watch, session, _context, _logger);
        (_session, _knownSession, _proved) = (null, session ?? pane.Launch.Session, null);
        _pushing = BranchPushes.Of(started, watch, _context, _logger);
    }

    private async Task GuardAsync(PendingWorkerCommand command, GuardPane guard, CancellationToken cancellation)
    {
        if (Pane is not { } pane || pane.Generation != guard.Generation)
        {
            await CompleteAsync(command, report: null, cancellation);
            return;
        }

        // The guard knows of it before the journal says so, and forgets it after.
        var (grace, incarnation) = (await _context.Guards.CoverAsync(_agent, guard.Generation, guard.Policy, pane.ProcessId, cancellation), _context.Incarnation());
        await CompleteAsync(command, new ReportGuarded(guard.Generation, grace), cancellation);
        _context.Guards.Bound(_agent, guard.Generation, grace, incarnation);
    }

    private ValueTask GoneAsync(Generation generation, PaneExit exit)
    {
        PaneGone(generation, exit);
        return ValueTask.CompletedTask;
    }

    private async Task StopAsync(PendingWorkerCommand command, StopPane stop, CancellationToken cancellation)
    {
        if (Pane is not { } pane || pane.Generation != stop.Generation)
        {
            await CompleteAsync(command, new ReportPaneEnded(stop.Generation, new PaneExit(ExitCode: null, Signal: null, "its program was not running"), Output: null), cancellation);
            return;
        }

        var (exit, output) = await _stopper.StopAsync(pane, stop.Force, cancellation);
        await FinishAnswersAsync(cancellation);
        var transcript = await KeepTranscriptAsync(pane, cancellation);
        await CompleteAsync(command, new ReportPaneEnded(stop.Generation, exit, output) { Transcript = transcript }, cancellation);
        await LetGoAsync(pane, cancellation);
        await _context.Tmux.Panes.KillAsync(pane.Pane, _agent.Value, pane.Generation.Value, cancellation);
    }

    private async Task EndedAsync(Generation generation, PaneExit exit, CancellationToken cancellation)
    {
        if (Pane is not { } pane || pane.Generation != generation)
        {
            return;
        }

        await FinishAnswersAsync(cancellation);
        var transcript = await KeepTranscriptAsync(pane, cancellation);

        // Told before it is let go: what cannot be stored now is told again, and by then the pane must still be known.
        var byGuard = _context.Guards.HasStopped(_agent, generation);
        var output = _context.Tmux.Control.IsConnected ? await PaneStopper.CaptureAsync(pane, _context, cancellation) : null;
        await _context.System.TellAsync(_agent.Entity, new ReportPaneEnded(generation, byGuard ? exit with { Reason = "stopped by the guard of its node, which had no word from the cluster for too long" } : exit, output, byGuard) { Transcript = transcript }, CommandId.New(_context.Time), _context.Sender, cancellation);
        await LetGoAsync(pane, cancellation);
        if (output is not null)
        {
            await _context.Tmux.Panes.KillAsync(pane.Pane, _agent.Value, generation.Value, cancellation);
        }
    }

    private OwnTranscript TranscriptOf(BoundPane pane) => new(pane.Profile, pane.Launch, Session, _answers?.File ?? _proved);

    private Task<KeptTranscript?> KeepTranscriptAsync(BoundPane pane, CancellationToken cancellation)
        => _context.Transcripts.KeepAsync(_agent, pane.Generation, TranscriptOf(pane), _context.Node, _context.System.Clock.Now, cancellation);

    private async Task LetGoAsync(BoundPane pane, CancellationToken cancellation)
    {
        _ended = (pane.Generation, pane, _context.Tmux.Control.IsConnected ? await pane.MarksAsync(_context, cancellation) : null);
        await EndWatchingAsync();
        _context.Guards.Release(_agent, pane.Generation);
        Watch = null;
        Pane = null;
    }

    private async Task EndWatchingAsync()
    {
        if (Watch is { } watch)
        {
            await watch.DisposeAsync();
        }

        await EndFollowingAsync();
    }

    private async Task DeliverAsync(PendingWorkerCommand command, DeliverMessage order, CancellationToken cancellation)
    {
        using var interrupted = CancellationTokenSource.CreateLinkedTokenSource(CancellationToken.None);
        DeliveryResult result;
        if (Pane is { } pane && Watch is { } watch && pane.Generation == order.Generation)
        {
            lock (_lock)
            {
                _delivery = interrupted;
            }

            try
            {
                Delivering = $"message {order.Message} is being delivered";
                watch.DeliveryUnderWay = true;
                result = _channel is { } channel && new ChannelDelivery(channel, pane, watch, order, _context) is { } through && await through.IsTheWayAsync(cancellation)
                    ? await through.RunAsync(evidence => ReportStepAsync(order, DeliveryStep.Typed, evidence, cancellation), evidence => ReportStepAsync(order, DeliveryStep.Submitted, evidence, cancellation), interrupted.Token, cancellation)
                    : await new DeliveryRun(pane, watch, order, _context).RunAsync(evidence => ReportStepAsync(order, DeliveryStep.Typed, evidence, cancellation), interrupted.Token, cancellation);
            }
            finally
            {
                Delivering = null;
                watch.DeliveryUnderWay = false;
                watch.Touch();
                lock (_lock)
                {
                    _delivery = null;
                }
            }
        }
        else
        {
            result = Settle(command, order);
        }

        if (result.Transcript is { } line)
        {
            _proved = line.File;
            _transcript?.Follow(line);
        }

        await ReportSessionAsync(order, result, cancellation);
        LogDelivered(_logger, order.Message.Value, _agent.Value, result.Step, result.Evidence);
        await CompleteAsync(command, new ReportDelivery(order.Message, order.Generation, order.Attempt, result.Step, result.Evidence), cancellation);
        if (result.Step is DeliveryStep.Submitted or DeliveryStep.Confirmed)
        {
            _answers?.Expect(order.Message);
        }
    }

    private async Task EndFollowingAsync()
    {
        if (_answers is { } answers)
        {
            await answers.DisposeAsync();
        }

        if (_transcript is { } transcript)
        {
            await transcript.DisposeAsync();
        }

        if (_pushing is { } pushing)
        {
            await pushing.DisposeAsync();
        }

        (_answers, _transcript, _pushing) = (null, null, null);
    }

    private Task FinishAnswersAsync(CancellationToken cancellation) => _answers?.FinishAsync(cancellation) ?? Task.CompletedTask;

    /// <summary>The transcript that carries a message is that of the conversation, and no other agent's: its path may tell the id.</summary>
    private async Task ReportSessionAsync(DeliverMessage order, DeliveryResult result, CancellationToken cancellation)
    {
        if (result.Transcript is { File: var file } && (Pane ?? _ended?.Pane)?.Profile.Session.IdIn(file) is { } session && session != _session)
        {
            await _context.System.TellAsync(_agent.Entity, new ReportSession(order.Generation, session, "transcript", Used: true), CommandId.New(_context.Time), _context.Sender, cancellation);
            _session = session;
        }
    }

    /// <summary>A delivery into a pane that has ended.</summary>
    private DeliveryResult Settle(PendingWorkerCommand command, DeliverMessage order)
    {
        if (_ended is { } ended && ended.Generation == order.Generation)
        {
            var search = ended.Pane.Profile.Transcript is { } rules ? TranscriptSearch.FromTheBeginning(rules, ended.Pane.Launch, DateTimeOffset.MinValue) : null;
            return ChannelDelivery.Settle(ended.Pane, order, DeliveryMarks.Settle(ended.Marks, order, search?.Find(order.Message.Value, order.Seal), neverBegun: command.At > _startedAt));
        }

        return DeliveryMarks.Settle(marks: null, order, found: null, neverBegun: command.At > _startedAt);
    }

    private Task ReportStepAsync(DeliverMessage order, DeliveryStep step, string evidence, CancellationToken cancellation)
        => _context.System.TellAsync(
            _agent.Entity,
            new ReportDelivery(order.Message, order.Generation, order.Attempt, step, evidence),
            CommandId.New(_context.Time),
            _context.Sender,
            cancellation);

    private Task CompleteAsync(PendingWorkerCommand command, AgentCommand? report, CancellationToken cancellation)
        => _context.Queue.CompleteAsync(command, report, _context.Sender, cancellation);

    private void Interrupt()
    {
        lock (_lock)
        {
            _delivery?.Cancel();
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "the hands of {Agent} are still")]
    private static partial void LogStopped(ILogger logger, string agent);

    [LoggerMessage(Level = LogLevel.Warning, Message = "what was to be done to {Agent} failed, and is tried again")]
    private static partial void LogRetried(ILogger logger, Exception exception, string agent);

    [LoggerMessage(Level = LogLevel.Information, Message = "message {Message} to {Agent}: {Step}, {Evidence}")]
    private static partial void LogDelivered(ILogger logger, string message, string agent, DeliveryStep step, string evidence);
}
