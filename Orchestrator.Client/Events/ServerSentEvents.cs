using System.Runtime.CompilerServices;
using System.Text;

namespace Orchestrator.Client;

/// <summary>One server-sent event.</summary>
internal readonly record struct ServerSentEvent(string? Id, string Data);

/// <summary>Reads a stream of server-sent events (html.spec.whatwg.org, "server-sent events"): fields until an empty line, comments skipped.</summary>
internal static class ServerSentEvents
{
    public static async IAsyncEnumerable<ServerSentEvent> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8, leaveOpen: true);
        string? id = null;
        var data = new StringBuilder();
        var any = false;
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length == 0)
            {
                if (any)
                {
                    yield return new ServerSentEvent(id, data.ToString());
                }

                data.Clear();
                any = false;
                continue;
            }

            var (field, value) = Split(line);
            switch (field)
            {
                case "id":
                    id = value;
                    break;
                case "data":
                    data.Append(any ? "\n" : string.Empty).Append(value);
                    any = true;
                    break;
                default:
                    // Comments (heartbeats), the event's name (also in its data) and fields of later versions.
                    break;
            }
        }
    }

    private static (string Field, string Value) Split(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        return colon switch
        {
            < 0 => (line, string.Empty),
            _ when colon + 1 < line.Length && line[colon + 1] == ' ' => (line[..colon], line[(colon + 2)..]),
            _ => (line[..colon], line[(colon + 1)..]),
        };
    }
}
