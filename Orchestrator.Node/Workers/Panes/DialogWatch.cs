using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging;
using Orchestrator.Node.Policies;
using Orchestrator.Node.Screens;
using Orchestrator.Runtime;

namespace Orchestrator.Node.Workers.Panes;

/// <summary>
/// Tells the agent which dialog is on its screen, and decides those for which a person has written a rule, in the profile or in a policy. Nothing that stands on the screen
/// or in a message is ever taken for such a rule.
/// </summary>
internal sealed class DialogWatch(BoundPane pane, WorkerContext context, bool maybeOpen)
{
    // A dialog is drawn row by row, and a frame may be half of one.
    private static readonly TimeSpan Drawn = TimeSpan.FromMilliseconds(120);
    private static readonly TimeSpan Unreadable = TimeSpan.FromSeconds(2);

    private AgentDialog? _candidate;
    private DateTimeOffset? _since;
    private AgentDialog? _reported;
    private volatile bool _told = !maybeOpen;
    private volatile bool _held;
    private bool _waitsForLimit;

    /// <summary>When to look again if nothing is written; null if nothing waits.</summary>
    public DateTimeOffset? DueAt { get; private set; }

    /// <summary>Why the dialog that is open was left to a person; null if it was not, or none is open.</summary>
    public string? Asked { get; private set; }

    /// <summary>Nothing is told until this is disposed of; then what was told does not count any more, because the next dialog may be the like of the one that was answered.</summary>
    public IDisposable Hold(Action released)
    {
        _held = true;
        return new Release(() =>
        {
            _told = false;
            _held = false;
            released();
        });
    }

    /// <summary>Takes a look.</summary>
    /// <param name="seen">What was seen.</param>
    /// <param name="limitIsOver">Whether the limit that the screen tells of is over.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task ObserveAsync(PaneObservation seen, bool limitIsOver, CancellationToken cancellation)
    {
        var reading = seen.Dialog;
        if (_since is null || !IsSame(reading?.Dialog, _candidate))
        {
            (_candidate, _since) = (reading?.Dialog, seen.At);
        }

        if (_held)
        {
            DueAt = null;
            return;
        }

        // Told again, it is decided now.
        _told &= !(_waitsForLimit && limitIsOver);
        if (_told && IsSame(_reported, reading?.Dialog))
        {
            DueAt = null;
            return;
        }

        var settles = _since.Value + (reading is { Rules: null } ? Unreadable : Drawn);
        DueAt = seen.At < settles ? settles : null;
        if (DueAt is null)
        {
            await TellAsync(reading, limitIsOver, cancellation);
        }
    }

    private async Task TellAsync(DialogReading? reading, bool limitIsOver, CancellationToken cancellation)
    {
        _told = true;
        try
        {
            (Asked, _waitsForLimit) = (null, false);
            var answer = await AskAsync(new ReportDialog(pane.Generation, reading?.Dialog), cancellation);
            if (answer is DialogKnown { Dialog: { } dialog, Decided: false } known && reading is { Rules: { } rules })
            {
                await DecideAsync(dialog, known, reading, rules, limitIsOver, cancellation);
            }

            _reported = reading?.Dialog;
        }
        catch
        {
            _told = false;
            throw;
        }
    }

    private async Task DecideAsync(string dialog, DialogKnown known, DialogReading reading, DialogRules rules, bool limitIsOver, CancellationToken cancellation)
    {
        if (rules.Answer is { } meaning && !(rules.OnlyAtStart && known.HasBeenReady))
        {
            if (rules.AfterLimit && !limitIsOver)
            {
                (Asked, _waitsForLimit) = ($"the profile {pane.Profile.Name} answers it with {meaning.Words()} once the limit is over", true);
                return;
            }

            var option = reading.Dialog.Options.FirstOrDefault(o => o.Meaning == meaning);
            Asked = option is null
                ? $"the profile {pane.Profile.Name} answers it with {meaning.Words()}, which none of its options means"
                : Refusal(await AskAsync(new DecideDialog(dialog, DialogChoice.Option, $"{option.Number}", Say: null, $"profile {pane.Profile.Name}: dialogs.{rules.Name}.answer"), cancellation));
            return;
        }

        if (!rules.Policy)
        {
            Asked = $"the profile {pane.Profile.Name} leaves dialogs of the kind {rules.Name} to a person";
            return;
        }

        var policy = context.Policies.For(known.Policy, known.Role);
        var judgement = policy.Judge(reading.Dialog, reading.Programs, known.Folder);
        Asked = judgement.Verdict == Verdict.Ask
            ? judgement.Rule
            : Refusal(await AskAsync(
                new DecideDialog(dialog, judgement.Verdict == Verdict.Allow ? DialogChoice.Approve : DialogChoice.Reject, Option: null, Said(policy, judgement), judgement.Rule),
                cancellation));
    }

    private NewMessage? Said(DialogPolicy policy, Judgement judgement)
        => judgement.Verdict == Verdict.Deny && policy.Say is { } text
            ? new NewMessage(MessageId.New(context.System.Clock.Now), $"policy:{policy.Name}", FromPerson: true, text, MessagePriority.Urgent, ExpiresAt: null, Seal.New())
            : null;

    private async Task<Reply> AskAsync(AgentCommand command, CancellationToken cancellation)
        => (await context.System.AskAsync(pane.Agent.Entity, command, CommandId.New(context.Time), context.Sender, cancellation)).Reply;

    private static string? Refusal(Reply reply) => reply is Refused refused ? refused.Reason : null;

    private static bool IsSame(AgentDialog? one, AgentDialog? other) => one?.IsSame(other) ?? other is null;

    private sealed class Release(Action action) : IDisposable
    {
        public void Dispose() => action();
    }
}
