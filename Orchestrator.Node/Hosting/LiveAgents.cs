using System.Globalization;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Identity;
using Orchestrator.Api;
using Orchestrator.Client;
using Orchestrator.Node.Hooks;
using Orchestrator.Node.Profiles.Inspecting;
using Orchestrator.Node.Screens;
using Orchestrator.Node.Workers;
using Orchestrator.Node.Workers.Panes;
using Orchestrator.Node.Workers.Starting;
using Orchestrator.Tmux;

namespace Orchestrator.Node.Hosting;

/// <summary>What is in the panes of this node now.</summary>
internal sealed class LiveAgents(NodeWorker worker, TmuxServer tmux, ProgramVersions versions, TimeProvider time) : ILiveAgents
{
    private const int ShownLines = 15;

    /// <inheritdoc/>
    public async Task<LiveOutput?> CaptureAsync(string name, int? lines, CancellationToken cancellationToken)
    {
        if (HandsOf(name)?.Pane is not { } pane
            || await tmux.Panes.CaptureAsync(pane.Pane, new CaptureOptions { HistoryLines = lines ?? 0, JoinWrapped = true }, cancellationToken) is not { } capture)
        {
            return null;
        }

        var text = string.Join('\n', capture.Lines.Select(static line => line.TrimEnd())).TrimEnd('\n').Split('\n');
        return new LiveOutput(time.GetUtcNow(), Secret.Redact(string.Join('\n', lines is { } most ? text.TakeLast(most) : text)));
    }

    /// <inheritdoc/>
    public async Task<LiveExplanation?> ExplainAsync(string name, CancellationToken cancellationToken)
    {
        if (HandsOf(name) is not { Pane: { } pane, Watch: { } watch } hands || await watch.LookAsync(cancellationToken) is not { } seen)
        {
            return null;
        }

        var reading = seen.Reading;
        return new LiveExplanation(
            watch.Ruling?.Hook is { } hook ? DecidedBy(hook, reading, seen.At) : Decided(reading, watch.Settled),
            [.. Told(watch, seen.At), .. Facts(seen, watch), .. Version(pane, seen.At)],
            [.. RuleReports.Of(pane.Profile.Screen.Rules, reading)],
            hands.Delivering,
            [.. Enumerable.TakeLast(seen.Lines.Select(static line => Secret.Redact(line.TrimEnd())).Where(static line => line.Length > 0), ShownLines)]);
    }

    private AgentHands? HandsOf(string name) => AgentName.TryParse(name, out var agent) ? worker.Find(agent) : null;

    private static string Decided(ScreenReading reading, ScreenReading? settled)
    {
        var now = $"{reading.Activity.Name()} by the rule {reading.Rule}: {reading.Evidence}";
        var doubts = reading.Doubts.IsEmpty ? string.Empty : $" (in doubt: {string.Join("; ", reading.Doubts)})";
        return settled is null || settled.Activity == reading.Activity ? now + doubts : $"{now}{doubts}; not for long enough to count yet, {settled.Activity.Name()} still does";
    }

    private static string DecidedBy(HookEvent hook, ScreenReading reading, DateTimeOffset now)
        => $"{hook.Activity!.Value.Name()} by the {hook.Source} {hook.Name}, {Age(hook, now)} ago; the screen says {reading.Activity.Name()} by the rule {reading.Rule}, which counts if it goes on to say so";

    private static IEnumerable<FactInfo> Told(PaneWatch watch, DateTimeOffset now) => watch.Hooks.Last.Select(told => new FactInfo(
        told.Source,
        told.Name,
        (told.Activity is { } activity ? $"{activity.Name()}, {Age(told, now)} ago" : $"{Age(told, now)} ago") + (told == watch.Ruling?.Hook ? ", decides" : told == watch.Hooks.Current ? ", agrees with the screen" : told.Activity is null ? "" : ", over"),
        told.At));

    private static string Age(HookEvent told, DateTimeOffset now) => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, (now - told.At).TotalSeconds):0.0} s");

    private static IEnumerable<FactInfo> Facts(PaneObservation seen, PaneWatch watch)
    {
        var facts = seen.Facts;
        yield return new FactInfo("process", Rule: null, facts.Dead ? $"process {facts.ProcessId} has {Exits.Of(facts).Reason}" : $"process {facts.ProcessId} lives; in the foreground: {facts.Command}", seen.At);
        yield return new FactInfo("tmux", Rule: null, $"pane {facts.Pane}, generation {facts.Generation}, marks @writer {facts.Marks.Writer} @n {facts.Marks.Sequence} @last {facts.Marks.Last} @sent {facts.Marks.Sent}{(facts.InMode ? ", copy mode" : string.Empty)}{(facts.InputOff ? ", input is switched off" : string.Empty)}", seen.At);
        yield return new FactInfo("title", Rule: null, facts.Title, seen.At);
        yield return new FactInfo("screen", seen.Reading.Rule, seen.Reading.Evidence, seen.At);
        if (watch.Undecided is { } undecided)
        {
            yield return new FactInfo("screen", Rule: null, $"{undecided.Looks} looks so far could not be read to their end and were taken again; of the last one {undecided.Why}", undecided.At);
        }

        if (seen.Dialog is { } dialog)
        {
            yield return new FactInfo("dialog", dialog.Dialog.Kind, $"{Shortened($"{dialog.Dialog.Question} {dialog.Dialog.Subject?.Text}".Trim())}{(watch.Asked is { } why ? $"; a person is asked, because {why}" : string.Empty)}", seen.At);
        }

        yield return new FactInfo("composer", Rule: null, $"{seen.Reading.Composer.State}{(seen.Reading.Composer.Text.Length > 0 ? $": {Shortened(seen.Reading.Composer.Text)}" : string.Empty)}", seen.At);
    }

    private IEnumerable<FactInfo> Version(BoundPane pane, DateTimeOffset at)
        => pane.Version(versions) is { } version ? [new FactInfo("version", Rule: null, version.Evidence, at)] : [];

    private static string Shortened(string text) => text.Length <= 120 ? text : text[..119] + "…";
}
