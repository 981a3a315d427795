using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

using Orchestrator.Node.Profiles;

namespace Orchestrator.Node.Channels;

/// <summary>How far a line has come into a channel.</summary>
internal enum ChannelPlace
{
    /// <summary>Nothing of it is there.</summary>
    NotWritten,

    /// <summary>Its beginning is there; the program takes a line once it is whole.</summary>
    Begun,

    /// <summary>It is there: the program takes it, or has taken it.</summary>
    Written,
}

/// <summary>
/// The file of one process of a program. It is only ever appended to, one message after the other, so what a killed node has left of a message is its last line.
/// </summary>
internal sealed class ChannelFile(ChannelRules rules, LaunchContext context)
{
    // A text of 256 KB as a JSON string, with room to spare.
    private const int MostLine = 4 * 1024 * 1024;
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Set once the program has not taken what was written: it is not asked again.</summary>
    public bool Dead { get; set; }

    /// <summary>Whether it can be written to.</summary>
    public bool IsUsable => !Dead && new FileInfo(context.Channel) is { Exists: true } file && file.Length < rules.MostBytes;

    /// <summary>Makes the file for a process that is about to be started, and the launch that tells it to the program. Files of processes before the last one go.</summary>
    public static Launch Install(AgentProfile profile, LaunchContext context, Launch launch)
    {
        if (profile.Channel is not { } rules)
        {
            return launch;
        }

        var folder = Directory.CreateDirectory(Path.GetDirectoryName(context.Channel)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var file in folder.EnumerateFiles().Where(file => !long.TryParse(Path.GetFileNameWithoutExtension(file.Name), NumberStyles.None, CultureInfo.InvariantCulture, out var generation) || generation < context.Generation - 1))
        {
            file.Delete();
        }

        using (new FileStream(context.Channel, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
        {
            return launch.With(context, rules.Arguments);
        }
    }

    /// <summary>The line that submits a text.</summary>
    public byte[] LineOf(string text) => Encoding.UTF8.GetBytes(rules.Line.Replace("{text}", JsonSerializer.Serialize(text, Plain), StringComparison.Ordinal) + "\n");

    /// <summary>How far the message has come, of which a killed node may have written a part.</summary>
    /// <param name="id">The message.</param>
    /// <param name="seal">The seal of its envelope.</param>
    /// <param name="line">Its line.</param>
    public ChannelPlace PlaceOf(string id, string seal, ReadOnlySpan<byte> line)
    {
        var last = LastLine();
        if (last.Length > 0 && last[^1] != (byte)'\n')
        {
            return line.StartsWith(last) ? ChannelPlace.Begun : ChannelPlace.NotWritten;
        }

        return last.AsSpan().IndexOf(Encoding.ASCII.GetBytes(id)) >= 0 && last.AsSpan().IndexOf(Encoding.ASCII.GetBytes(seal)) >= 0 ? ChannelPlace.Written : ChannelPlace.NotWritten;
    }

    /// <summary>Writes what is missing of a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="halfway">Called in the middle of it.</param>
    public async Task WriteAsync(byte[] line, Func<Task> halfway)
    {
        var last = LastLine();
        var open = last.Length > 0 && last[^1] != (byte)'\n';
        await using var stream = new FileStream(context.Channel, new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite, BufferSize = 0 });
        if (open && !line.AsSpan().StartsWith(last))
        {
            // The beginning of a line that nobody will finish: ended, it is no JSON, and the program passes over it.
            stream.WriteByte((byte)'\n');
            open = false;
        }

        var missing = line.AsMemory(open ? last.Length : 0);
        await stream.WriteAsync(missing[..(missing.Length / 2)]);
        await halfway();
        await stream.WriteAsync(missing[(missing.Length / 2)..]);
    }

    private byte[] LastLine()
    {
        if (!File.Exists(context.Channel))
        {
            return [];
        }

        using var stream = new FileStream(context.Channel, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[Math.Min(stream.Length, MostLine)];
        stream.Position = stream.Length - bytes.Length;
        stream.ReadExactly(bytes);
        var before = bytes.Length == 0 ? -1 : Array.LastIndexOf(bytes, (byte)'\n', bytes.Length - 1, bytes.Length);
        if (before == bytes.Length - 1 && bytes.Length > 0)
        {
            before = bytes.Length == 1 ? -1 : Array.LastIndexOf(bytes, (byte)'\n', bytes.Length - 2, bytes.Length - 1);
        }

        return bytes[(before + 1)..];
    }
}
