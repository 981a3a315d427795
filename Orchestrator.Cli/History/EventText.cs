using System.Globalization;
using System.Text.Json;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.History;

/// <summary>Events as people read them: one a line.</summary>
internal static class EventText
{
    private const int MostData = 160;

    // Shown elsewhere in the line, or known by every event.
    private static readonly string[] Known = ["at", "generation", "name"];

    public static void Line(EventInfo e, bool withEntity)
    {
        var time = e.At.ToLocalTime().ToString("MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
        var entity = withEntity ? $"{e.Entity}  " : string.Empty;
        Tables.Line(new Cell($"{time}  {entity}{e.Type}  {Data(e.Data)}", ToneOf(e)));
    }

    /// <summary>The data of an event in a few words: its plain values first.</summary>
    public static string Data(JsonElement data)
    {
        if (data.ValueKind != JsonValueKind.Object)
        {
            return SafeText.Line(data.ToString(), MostData);
        }

        var parts = data.EnumerateObject()
            .Where(static p => !Known.Contains(p.Name, StringComparer.Ordinal) && p.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined))
            .OrderBy(static p => p.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
            .Select(static p => $"{p.Name}={SafeText.Line(p.Value.ToString(), 60)}");
        return SafeText.Line(string.Join(' ', parts), MostData);
    }

    private static Tone ToneOf(EventInfo e) => e.Type switch
    {
        "agent.start_failed.v1" or "agent.transition_refused.v1" or "message.delivery_ended.v1" or "node.stray_pane_found.v1" => Tone.Attention,
        _ => Tone.Plain,
    };
}
