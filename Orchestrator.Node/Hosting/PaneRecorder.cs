using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;

using Orchestrator.Actors.Agents;
using Orchestrator.Api;
using Orchestrator.Node.Workers;
using Orchestrator.Tmux;

namespace Orchestrator.Node.Hosting;

/// <summary>Recordings of panes as asciicasts, version 2 (docs.asciinema.org/manual/asciicast/v2).</summary>
internal sealed class PaneRecorder(NodeWorker worker, TmuxServer tmux, TmuxServerOptions options, TimeProvider time) : IPaneRecorder
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <inheritdoc/>
    public IAsyncEnumerable<string>? Record(string name, CancellationToken cancellationToken)
        => AgentName.TryParse(name, out var agent) && worker.Find(agent)?.Pane is { } pane ? LinesAsync(pane, cancellationToken) : null;

    private async IAsyncEnumerable<string> LinesAsync(BoundPane pane, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var begun = false;
        await foreach (var step in new PaneRecording(tmux, options.Session, time).RecordAsync(pane.Pane, cancellation))
        {
            if (!begun)
            {
                begun = true;
                yield return Header(pane, step.Data);
                continue;
            }

            yield return string.Create(CultureInfo.InvariantCulture, $"[{step.After.TotalSeconds:0.000000}, \"{(step.Kind == PaneStepKind.Output ? "o" : "r")}\", {JsonSerializer.Serialize(step.Data, Json)}]");
        }
    }

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
