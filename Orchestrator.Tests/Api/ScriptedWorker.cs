using System.Runtime.CompilerServices;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging;
using Orchestrator.Api;
using Orchestrator.Runtime;

namespace Orchestrator.Tests.Api;

/// <summary>
/// Stands in for a node's worker and its tmux, nothing else: it does what the domain's worker commands say and reports as a worker does. Texts tell it what to do:
/// <c>hold</c> leaves the message in the queue, <c>reject</c> fails its delivery, <c>ask</c> ends in a question, <c>slow</c> works until told to <see cref="FinishAsync"/>. A program <c>answers</c> says back what it was told.
/// </summary>
internal sealed class ScriptedWorker(ActorSystem system, string node) : ILiveAgents, IPaneInventory, IPaneRecorder, IAsyncDisposable
{
    // Never disposed: the host disposes of this worker once more after the test has.
    private readonly CancellationTokenSource _end = new();
    private readonly Sender _self = new($"worker:{node}");
    private readonly HashSet<AgentName> _answering = [];
    private Task _working = Task.CompletedTask;
    private int _reports;

    /// <summary>The pane that every agent is said to have.</summary>
    public AgentPane Pane { get; set; } = new("%7", "@7", 777, new TmuxServerFact(1_700_000_000, 4242, "/tmp/no-such-tmux/socket"));

    /// <summary>The marked panes that tmux is said to have.</summary>
    public IReadOnlyList<InventoryPane> Inventory { get; set; } = [];

    public Task<IReadOnlyList<InventoryPane>> ListAsync(CancellationToken cancellationToken) => Task.FromResult(Inventory);

    public Task<bool> CloseAsync(InventoryPane pane, CancellationToken cancellationToken)
    {
        var before = Inventory.Count;
        Inventory = [.. Inventory.Where(p => p.Id != pane.Id)];
        return Task.FromResult(Inventory.Count < before);
    }

    public IAsyncEnumerable<string>? Record(string name, CancellationToken cancellationToken) => RecordAsync(cancellationToken);

    public void Start() => _working = WorkAsync();

    /// <summary>Ends the turn that a text with <c>slow</c> has begun.</summary>
    public Task FinishAsync(string agent, Generation generation) => SeeAsync(AgentName.Parse(agent), generation, AgentActivity.Ready);

    public Task<LiveOutput?> CaptureAsync(string name, int? lines, CancellationToken cancellationToken)
        => Task.FromResult<LiveOutput?>(new LiveOutput(system.Clock.Now, string.Join('\n', Enumerable.Range(1, lines ?? 3).Select(i => $"{name} line {i}"))));

    public Task<LiveExplanation?> ExplainAsync(string name, CancellationToken cancellationToken)
        => Task.FromResult<LiveExplanation?>(new LiveExplanation("screen rule ready", [], [new Orchestrator.Client.RuleInfo("ready", "ready", 10, true, true, "row 3", "> ")], null, ["> "]));

    public Task<TranscriptText?> ReadTranscriptAsync(string name, string node, long generation, int? lines, CancellationToken cancellationToken) => Task.FromResult<TranscriptText?>(null);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _working;
    }

    private async Task WorkAsync()
    {
        try
        {
            await foreach (var pending in system.Workers.FollowAsync(node, _end.Token))
            {
                switch (pending.Command)
                {
                    case SpawnPane spawn:
                        await SpawnAsync(spawn);
                        await system.Workers.CompleteAsync(pending, report: null, _self, _end.Token);
                        break;
                    case StopPane stop:
                        await system.Workers.CompleteAsync(pending, new ReportPaneEnded(stop.Generation, new PaneExit(0, null, "stopped as asked"), "first\nsecond\nlast words"), _self, _end.Token);
                        break;
                    case DeliverMessage deliver when !deliver.Text.Contains("hold", StringComparison.Ordinal):
                        await DeliverAsync(deliver);
                        await system.Workers.CompleteAsync(pending, report: null, _self, _end.Token);
                        break;
                    default:
                        break;
                }
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // The end of the test.
        }
    }

    private async Task SpawnAsync(SpawnPane spawn)
    {
        if (spawn.Command.Contains("no-such-program"))
        {
            await TellAsync(spawn.Agent, new ReportStartFailed(spawn.Generation, "there is no program no-such-program"));
            return;
        }

        var answers = spawn.Command.Contains("answers") && _answering.Add(spawn.Agent);
        await TellAsync(spawn.Agent, new BindPane(spawn.Generation, Pane, new ProfileTraits(NewMessage.MaximumBytes, TypesWhileWorking: false, Answers: answers), Worktree: null, Adopted: false, NextNumber: 0));
        await SeeAsync(spawn.Agent, spawn.Generation, AgentActivity.Starting);
        await SeeAsync(spawn.Agent, spawn.Generation, spawn.Command switch
        {
            var words when words.Contains("sign-in") => AgentActivity.AuthRequired,
            var words when words.Contains("draft") => AgentActivity.UnsubmittedInput,
            _ => AgentActivity.Ready,
        });
    }

    private async Task DeliverAsync(DeliverMessage deliver)
    {
        async Task Step(DeliveryStep step, string evidence) => await TellAsync(deliver.Agent, new ReportDelivery(deliver.Message, deliver.Generation, deliver.Attempt, step, evidence));

        if (deliver.Text.Contains("reject", StringComparison.Ordinal))
        {
            await Step(DeliveryStep.Failed, "the program does not take it");
            return;
        }

        await Step(DeliveryStep.Typed, "mark");
        await SeeAsync(deliver.Agent, deliver.Generation, AgentActivity.Working);
        await Step(DeliveryStep.Submitted, "composer empty");
        await Step(DeliveryStep.Confirmed, "transcript");
        if (_answering.Contains(deliver.Agent))
        {
            await TellAsync(deliver.Agent, new ReportAnswer(deliver.Message, deliver.Generation, AnswerText.Of($"I heard: {deliver.Text}", tokensIn: null, tokensOut: null, session: null, "transcript")));
        }

        if (deliver.Text.Contains("ask", StringComparison.Ordinal))
        {
            await SeeAsync(deliver.Agent, deliver.Generation, AgentActivity.AwaitingApproval);
        }
        else if (!deliver.Text.Contains("slow", StringComparison.Ordinal))
        {
            await SeeAsync(deliver.Agent, deliver.Generation, AgentActivity.Ready);
        }
    }

    // The header, then nothing until the reader stops.
    private static async IAsyncEnumerable<string> RecordAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return "{\"version\":2}";
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }

    private Task SeeAsync(AgentName agent, Generation generation, AgentActivity activity)
        => TellAsync(agent, new ReportActivity(generation, activity, Detail: null, Until: null, new AgentFact("screen", activity.Words(), "seen", system.Clock.Now)));

    private Task TellAsync(AgentName agent, Command command)
        => system.TellAsync(agent.Entity, command, new CommandId($"worker/{node}/{Guid.NewGuid():n}/{Interlocked.Increment(ref _reports)}"), _self, _end.Token);
}
