using System.Globalization;

namespace Orchestrator.Tmux;

/// <summary>The panes of a server: inventory, capture, start and end. All reads go over the control connection; none starts a process.</summary>
public sealed class TmuxPanes
{
    private readonly TmuxServer _server;
    private readonly TmuxServerOptions _options;
    private readonly PaneRecord _record = new();
    private readonly TmuxCommand _list;

    internal TmuxPanes(TmuxServer server, TmuxServerOptions options)
    {
        _server = server;
        _options = options;
        _list = TmuxCommand.Of("list-panes", "-s", "-t", $"={options.Session}:", "-F", _record.Format);
    }

    /// <summary>All panes of the session, the keeper's among them, in one query.</summary>
    public async Task<IReadOnlyList<PaneFacts>> ListAsync(CancellationToken cancellation = default)
        => Known(_record.Read((await _server.Control.SendAsync(_list, cancellation)).OrThrow().Last.Payload.Span));

    /// <summary>One pane's facts, or null if there is no such pane (any more).</summary>
    public async Task<PaneFacts?> FindAsync(PaneId pane, CancellationToken cancellation = default)
        => Facts(await _server.Control.SendAsync(FactsOf(pane), cancellation), pane);

    /// <summary>A pane's text with its facts, both of one moment; null if there is no such pane (any more).</summary>
    public async Task<PaneCapture?> CaptureAsync(PaneId pane, CaptureOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new CaptureOptions();
        List<string> words = ["-p", "-t", pane.ToString()];
        if (options.WithEscapes)
        {
            words.Add("-e");
        }

        if (options.JoinWrapped)
        {
            words.Add("-J");
        }

        if (options.HistoryLines > 0)
        {
            words.AddRange(["-S", options.HistoryLines == CaptureOptions.WholeHistory ? "-" : $"-{options.HistoryLines}"]);
        }

        var reply = await _server.Control.SendAsync(TmuxCommand.List(FactsOf(pane), TmuxCommand.Of("capture-pane", words)), cancellation);
        return Facts(reply, pane) is { } facts ? new PaneCapture(facts, reply.OrThrow().Last.Text.Split('\n')) : null;
    }

    /// <summary>
    /// Starts a program in a new pane with its marks, in one go: there is never a pane of ours without them. If the outcome is unknown, the inventory tells.
    /// </summary>
    /// <exception cref="PaneRefusedException">The folder or program does not exist, or a name or value cannot be taken: nothing happened.</exception>
    /// <exception cref="TmuxNotSentException">There is no connection: nothing happened.</exception>
    /// <exception cref="TmuxOutcomeUnknownException">The connection was lost: look for the agent and generation in the inventory.</exception>
    public async Task<SpawnedPane> SpawnAsync(PaneSpawn spawn, CancellationToken cancellation = default)
    {
        using var activity = TmuxTelemetry.Activities.StartActivity("tmux spawn");
        var command = SpawnCommand.Build(spawn, _options, _server.Process.Variables);
        var reply = await _server.Control.SendAsync(command, cancellation);
        var made = reply.Answers.Count > 1 && reply.Answers[1].Succeeded ? ReadSpawned(reply.Answers[1].Text) : null;
        if (made is not null && !reply.Succeeded)
        {
            await _server.Control.SendAsync(TmuxCommand.Of("kill-pane", "-t", made.Pane.ToString()), cancellation);
        }

        reply.OrThrow();
        return made ?? throw new TmuxException($"tmux answered to new-window with '{reply.Answers[1].Text}'.");
    }

    /// <summary>Gives a pane that was made by somebody else to an agent: sets the marks that <see cref="SpawnAsync"/> sets.</summary>
    /// <exception cref="TmuxCommandException">There is no such pane.</exception>
    public async Task ClaimAsync(PaneId pane, string agent, long generation, CancellationToken cancellation = default)
    {
        var target = pane.ToString();
        var reply = await _server.Control.SendAsync(
            TmuxCommand.List(
                TmuxCommand.Of("set-option", "-p", "-t", target, "@agent", AllowedNames.Mark(agent)),
                TmuxCommand.Of("set-option", "-p", "-t", target, "@generation", generation.ToString(CultureInfo.InvariantCulture))),
            cancellation);
        reply.OrThrow();
    }

    /// <summary>
    /// Removes a pane and hangs up its program, if it is still the one that is meant. A program that ignores the hang-up lives on: send it a signal first.
    /// </summary>
    /// <returns>False if the pane is gone, or belongs to another agent or generation.</returns>
    public async Task<bool> KillAsync(PaneId pane, string agent, long generation, CancellationToken cancellation = default)
    {
        var condition = FormatCondition.All(
            FormatCondition.Equal("pane_id", pane.ToString()),
            FormatCondition.Equal("@agent", AllowedNames.Mark(agent)),
            FormatCondition.Equal("@generation", generation.ToString(CultureInfo.InvariantCulture)));
        var reply = await _server.Control.SendAsync(
            TmuxCommand.If(
                pane,
                condition,
                TmuxCommand.List(TmuxCommand.Of("kill-pane", "-t", pane.ToString()), TmuxCommand.Of("display-message", "-p", "killed")),
                TmuxCommand.Of("display-message", "-p", "kept")),
            cancellation);
        return string.Equals(reply.OrThrow().Last.Text, "killed", StringComparison.Ordinal);
    }

    /// <summary>Sends a signal to the process group of a pane's program, if the pane is still the one that is meant and its program lives.</summary>
    /// <returns>Whether the signal went out.</returns>
    public async Task<bool> SignalAsync(PaneId pane, string agent, long generation, PaneSignal signal, CancellationToken cancellation = default)
    {
        var facts = await FindAsync(pane, cancellation);
        return facts is { Dead: false, ProcessId: > 1 }
            && string.Equals(facts.Agent, agent, StringComparison.Ordinal)
            && facts.Generation == generation
            && Native.Kill(-facts.ProcessId, (int)signal) == 0;
    }

    private static SpawnedPane? ReadSpawned(string text)
    {
        var words = text.Split(' ');
        return words.Length == 3 && PaneId.TryParse(words[0], out var pane) && WindowId.TryParse(words[1], out var window)
            && int.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                ? new SpawnedPane(pane, window, pid)
                : null;
    }

    private TmuxCommand FactsOf(PaneId pane) => TmuxCommand.Of("list-panes", "-t", pane.ToString(), "-F", _record.Format);

    private PaneFacts? Facts(CommandReply reply, PaneId pane)
        => reply.Answers[0].Succeeded ? Known(_record.Read(reply.Answers[0].Payload.Span)).FirstOrDefault(facts => facts.Pane == pane) : null;

    // The end of a program is known with the next reading.
    private IReadOnlyList<PaneFacts> Known(IReadOnlyList<PaneFacts> facts)
    {
        if (facts.Any(static pane => pane is { Dead: true, ExitStatus: null, ExitSignal: null }))
        {
            _server.LookForEndedChildren();
        }

        return facts;
    }
}
