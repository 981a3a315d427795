using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;

using Orchestrator.Actors.Agents;
using Orchestrator.Api;
using Orchestrator.Node.Workers;
using Orchestrator.Runtime;
using Orchestrator.Tmux;

namespace Orchestrator.Node.Hosting;

/// <summary>Recordings of panes as asciicasts, version 2 (docs.asciinema.org/manual/asciicast/v2).</summary>
internal sealed class PaneRecorder(NodeWorker worker, TmuxServer tmux, TmuxServerOptions options, int atOnce, TimeProvider time) : IPaneRecorder
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private int _running;

    /// <inheritdoc/>
    public IAsyncEnumerable<string>? Record(string name, CancellationToken cancellationToken)
        => AgentName.TryParse(name, out var agent) && worker.Find(agent)?.Pane is { } pane ? LinesAsync(pane, cancellationToken) : null;

    private async IAsyncEnumerable<string> LinesAsync(BoundPane pane, [EnumeratorCancellation] CancellationToken cancellation)
    {
        try
        {
            if (Interlocked.Increment(ref _running) > atOnce)
            {
                throw new OverloadedException($"{atOnce} recordings run on this node already, as many as orchestrator.tmux.recordings allows: end one, or try again later");
            }

            var begun = false;
            await foreach (var step in new PaneRecording(tmux, options.Session, time).RecordAsync(pane.Pane, cancellation))
            {
                if (!begun)
                {
                    begun = true;
                    yield return Header(pane, step.Data);
                    continue;
                }

                yield return string.Create(CultureInfo.InvariantCulture, $"[{step.After.TotalSeconds:0.000000}, \"{Code(step.Kind)}\", {JsonSerializer.Serialize(step.Data, Json)}]");
            }
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private static string Code(PaneStepKind kind) => kind switch
    {
        PaneStepKind.Output => "o",
        PaneStepKind.Size => "r",
        PaneStepKind.Marker => "m",
        _ => throw new UnreachableException($"{kind} is no step of a recording"),
    };

    private string Header(BoundPane pane, string size)
    {
        var parts = size.Split('x');
        return JsonSerializer.Serialize(
            new
            {
                version = 2,
                width = int.Parse(parts[0], CultureInfo.InvariantCulture),
                height = int.Parse(parts[1], CultureInfo.InvariantCulture),
                timestamp = time.GetUtcNow().ToUnixTimeSeconds(),
                title = $"{pane.Agent}, generation {pane.Generation}",
                env = new { TERM = "xterm-256color" },
            },
            Json);
    }
}
