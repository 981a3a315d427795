using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Orchestrator.Cli.DemoAgent;

/// <summary>What was submitted, one JSON object a line, appended before anything else happens: the ground truth of what reached the program. And when it began with it, and what it answered.</summary>
internal sealed class DemoTranscript(string? file)
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Appends one submitted text.</summary>
    public void Append(DemoMessage message, string text)
    {
        Write(json =>
        {
            json.WriteString("id", message.Id);
            json.WriteString("from", message.From);
            json.WriteString("sha256", Hash(message.Body));
            json.WriteNumber("bytes", Encoding.UTF8.GetByteCount(message.Body));
            json.WriteString("text", message.Body);
            json.WriteString("rawSha256", Hash(text));
            json.WriteNumber("pid", Environment.ProcessId);
            json.WriteString("agent", Environment.GetEnvironmentVariable("ORC_AGENT"));
            json.WriteString("generation", Environment.GetEnvironmentVariable("ORC_GENERATION"));
        });
    }

    /// <summary>Appends that the turn of a message begins: what is submitted meanwhile waits for its own.</summary>
    public void AppendTurn(DemoMessage message) => Write(json => json.WriteString("turn", message.Id));

    /// <summary>Appends how the turn of a message ended: with what was said, or why nothing was.</summary>
    public void AppendAnswer(DemoMessage message, string? text, string? error) => Write(json =>
    {
        json.WriteString("answers", message.Id);
        if (text is not null)
        {
            json.WriteString("text", text);
        }

        if (error is not null)
        {
            json.WriteString("error", error);
        }
    });

    private void Write(Action<Utf8JsonWriter> fields)
    {
        if (file is null)
        {
            return;
        }

        var line = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(line, Plain))
        {
            json.WriteStartObject();
            json.WriteString("at", TimeProvider.System.GetUtcNow());
            fields(json);
            json.WriteEndObject();
        }

        line.Write("\n"u8);
        using var stream = new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        stream.Write(line.WrittenSpan);
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
