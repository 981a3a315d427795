using System.Globalization;

namespace Orchestrator.Tmux;

/// <summary>
/// The steps by which a text gets into a program: load, type, submit. Each step either happens exactly once or leaves the pane as it was, also when this process is killed
/// in its middle; where the caller cannot know, the marks on the pane can.
/// </summary>
public sealed class TmuxDeliveries
{
    private readonly TmuxServer _server;
    private readonly BufferLoader _loader;
    private readonly IDeliveryFailPoints _failPoints;
    private readonly DeliveryProtections _protections;

    /// <summary>Deliveries into panes of a server.</summary>
    /// <param name="server">The server.</param>
    /// <param name="failPoints">For tests: called between the steps.</param>
    public TmuxDeliveries(TmuxServer server, IDeliveryFailPoints? failPoints = null)
        : this(server, failPoints, DeliveryProtections.All)
    {
    }

    internal TmuxDeliveries(TmuxServer server, IDeliveryFailPoints? failPoints, DeliveryProtections protections)
    {
        _server = server;
        _failPoints = failPoints ?? DeliveryFailPoints.None;
        _protections = protections;
        _loader = new BufferLoader(server, _failPoints, protections);
    }

    /// <summary>
    /// Makes <paramref name="writer"/> the only one that may act on the pane from now on, and reads the marks that earlier ones have left. Whatever an earlier writer
    /// has under way is refused from here on.
    /// </summary>
    /// <param name="pane">The pane.</param>
    /// <param name="writer">A number above 0 that was never used before on this pane.</param>
    /// <param name="cancellation">See <see cref="ControlClient.SendAsync"/>.</param>
    /// <returns>The marks, or null if there is no such pane.</returns>
    public async Task<PaneMarks?> AdoptAsync(PaneId pane, long writer, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(writer, 1);
        var target = pane.ToString();
        var reply = await _server.Control.SendAsync(
            TmuxCommand.List(
                TmuxCommand.Of("set-option", "-p", "-t", target, "@writer", writer.ToString(CultureInfo.InvariantCulture)),

                // Quietly not, if it has one already.
                TmuxCommand.Of("set-option", "-p", "-q", "-o", "-t", target, "@n", "0")),
            cancellation);
        return reply.Answers[0].Succeeded ? await ReadMarksAsync(pane, cancellation) : null;
    }

    /// <summary>The marks on a pane, or null if there is no such pane.</summary>
    public async Task<PaneMarks?> ReadMarksAsync(PaneId pane, CancellationToken cancellation = default)
        => (await _server.Panes.FindAsync(pane, cancellation))?.Marks;

    /// <summary>
    /// Brings a text into a buffer of tmux, complete: its size is compared, and anything else than the whole is thrown away and loaded again. Nothing is typed; on any
    /// exception it is safe to load again.
    /// </summary>
    /// <exception cref="TmuxException">It did not succeed in several tries.</exception>
    public Task<LoadedText> LoadAsync(DeliveryId id, TerminalText text, CancellationToken cancellation = default) => _loader.LoadAsync(id, text, cancellation);

    /// <summary>Throws a loaded text away that will not be typed.</summary>
    public Task DiscardAsync(LoadedText text, CancellationToken cancellation = default) => _loader.DeleteAsync(text.Buffer, cancellation);

    /// <summary>
    /// Throws away loaded texts that nobody will type any more: those loaded more than <paramref name="olderThan"/> ago, for instance by a process that was killed.
    /// </summary>
    /// <returns>How many there were.</returns>
    public Task<int> DiscardStaleAsync(TimeSpan olderThan, CancellationToken cancellation = default) => _loader.DeleteOlderAsync(olderThan, cancellation);

    /// <summary>
    /// Types a loaded text as a bracketed paste, if the guard holds, and marks the pane: <c>@n</c> counts up, <c>@last</c> names the message. Done uses the buffer up;
    /// after any other outcome it may still be there, for <see cref="DiscardAsync"/> or <see cref="DiscardStaleAsync"/>.
    /// </summary>
    public async Task<DeliveryOutcome> TypeAsync(DeliveryGuard guard, LoadedText text, CancellationToken cancellation = default)
    {
        var pane = guard.Pane.ToString();
        var step = GuardedStep.Build(
            guard,
            _protections,
            last: null,
            TmuxCommand.Of("paste-buffer", "-p", "-r", "-d", "-b", text.Buffer, "-t", pane),

            // After the paste: an error there ends the list, so there is never a mark without its text.
            TmuxCommand.Of("set-option", "-p", "-t", pane, "@n", (guard.Sequence + 1).ToString(CultureInfo.InvariantCulture)),
            TmuxCommand.Of("set-option", "-p", "-t", pane, "@last", text.Id.Value));
        await _failPoints.HitAsync(DeliveryFailPoints.BeforeType, cancellation);
        var outcome = await ActAsync("type", step, guard, last: null, cancellation);
        await _failPoints.HitAsync(DeliveryFailPoints.Typed, cancellation);
        return outcome;
    }

    /// <summary>
    /// Presses Enter for the message that was typed last, if the guard holds (with the sequence after typing, see <see cref="DeliveryGuard.AfterTyping"/>), and marks the pane:
    /// <c>@sent</c> names the message. May be repeated for the same message when the screen shows that the program missed it.
    /// </summary>
    public async Task<DeliveryOutcome> SubmitAsync(DeliveryGuard guard, DeliveryId id, CancellationToken cancellation = default)
    {
        var pane = guard.Pane.ToString();
        var step = GuardedStep.Build(
            guard,
            _protections,
            id,
            TmuxCommand.Of("send-keys", "-t", pane, PaneKey.Enter.Name),
            TmuxCommand.Of("set-option", "-p", "-t", pane, "@sent", id.Value));
        await _failPoints.HitAsync(DeliveryFailPoints.BeforeSubmit, cancellation);
        var outcome = await ActAsync("submit", step, guard, id, cancellation);
        await _failPoints.HitAsync(DeliveryFailPoints.Submitted, cancellation);
        return outcome;
    }

    /// <summary>
    /// Marks the pane as if a message had been typed and submitted, if the guard holds: for one that has come to the program by another way. <c>@n</c> counts up, <c>@last</c>
    /// and <c>@sent</c> name it, all in one go.
    /// </summary>
    public Task<DeliveryOutcome> MarkAsync(DeliveryGuard guard, DeliveryId id, CancellationToken cancellation = default)
    {
        var pane = guard.Pane.ToString();
        var step = GuardedStep.Build(
            guard,
            _protections,
            last: null,
            TmuxCommand.Of("set-option", "-p", "-t", pane, "@n", (guard.Sequence + 1).ToString(CultureInfo.InvariantCulture)),
            TmuxCommand.Of("set-option", "-p", "-t", pane, "@last", id.Value),
            TmuxCommand.Of("set-option", "-p", "-t", pane, "@sent", id.Value));
        return ActAsync("mark", step, guard, last: null, cancellation);
    }

    /// <summary>Presses a key, if the guard holds; it leaves no mark.</summary>
    public Task<DeliveryOutcome> SendKeyAsync(DeliveryGuard guard, PaneKey key, CancellationToken cancellation = default)
        => ActAsync(
            "key",
            GuardedStep.Build(guard, _protections, last: null, TmuxCommand.Of("send-keys", "-t", guard.Pane.ToString(), key.Name)),
            guard,
            last: null,
            cancellation);

    /// <summary>
    /// Presses a key in a dialog, if the guard holds and every one of <paramref name="rows"/> stands on the screen at the moment at which tmux acts. With a decision the key is
    /// the one that decides: it marks the pane (<c>@decided</c>), and is refused if that mark names the decision already, so it is pressed once however often it is asked for.
    /// </summary>
    /// <param name="guard">The guard.</param>
    /// <param name="key">The key.</param>
    /// <param name="rows">Rows of the dialog as they are drawn; at least one. Characters that tmux would take for its own stand for any.</param>
    /// <param name="decision">The decision that the key carries out; null for a key that only moves.</param>
    /// <param name="cancellation">See <see cref="ControlClient.SendAsync"/>.</param>
    /// <returns>A refusal without mismatches says that the rows were not there, or the key had been pressed.</returns>
    public async Task<DeliveryOutcome> PressInDialogAsync(DeliveryGuard guard, PaneKey key, IReadOnlyCollection<string> rows, DeliveryId? decision, CancellationToken cancellation = default)
    {
        if (decision is not null)
        {
            await _failPoints.HitAsync(DeliveryFailPoints.BeforeDecide, cancellation);
        }

        var outcome = await InDialogAsync(guard, rows, decision, TmuxCommand.Of("send-keys", "-t", guard.Pane.ToString(), key.Name), cancellation);
        if (decision is not null)
        {
            await _failPoints.HitAsync(DeliveryFailPoints.Decided, cancellation);
        }

        return outcome;
    }

    /// <summary>Types a loaded text into a dialog as a bracketed paste, under the same conditions as a key that decides, and with the same mark. Done uses the buffer up.</summary>
    /// <inheritdoc cref="PressInDialogAsync" path="/param"/>
    /// <inheritdoc cref="PressInDialogAsync" path="/returns"/>
    public Task<DeliveryOutcome> TypeInDialogAsync(DeliveryGuard guard, LoadedText text, IReadOnlyCollection<string> rows, DeliveryId decision, CancellationToken cancellation = default)
        => InDialogAsync(guard, rows, decision, TmuxCommand.Of("paste-buffer", "-p", "-r", "-d", "-b", text.Buffer, "-t", guard.Pane.ToString()), cancellation);

    private Task<DeliveryOutcome> InDialogAsync(DeliveryGuard guard, IReadOnlyCollection<string> rows, DeliveryId? decision, TmuxCommand step, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfZero(rows.Count, nameof(rows));
        var conditions = rows.Select(FormatCondition.OnScreen);
        List<TmuxCommand> steps = [step];
        if (decision is not null)
        {
            conditions = conditions.Append(FormatCondition.NotEqual("@decided", decision.Value));

            // Before the key: a mark without its key leaves a dialog open, a key without its mark might be pressed twice.
            steps.Insert(0, TmuxCommand.Of("set-option", "-p", "-t", guard.Pane.ToString(), "@decided", decision.Value));
        }

        return ActAsync("dialog", GuardedStep.Build(guard, _protections, last: null, conditions, steps), guard, last: null, cancellation);
    }

    private async Task<DeliveryOutcome> ActAsync(string name, TmuxCommand step, DeliveryGuard guard, DeliveryId? last, CancellationToken cancellation)
    {
        using var activity = TmuxTelemetry.Activities.StartActivity($"tmux {name}");
        DeliveryOutcome outcome;
        try
        {
            outcome = GuardedStep.Read(await _server.Control.SendAsync(step, cancellation), guard, last);
        }
        catch (TmuxNotSentException exception)
        {
            outcome = new DeliveryOutcome.NotSent(exception.Message);
        }
        catch (TmuxOutcomeUnknownException exception)
        {
            outcome = new DeliveryOutcome.Unknown(exception.Message);
        }

        TmuxTelemetry.Deliveries.Add(1, new("step", name), new("outcome", outcome.GetType().Name));
        return outcome;
    }
}
