using System.Text;

namespace Orchestrator.Hocon.Syntax;

/// <summary>Reads a file as the UTF-8 it has to be.</summary>
internal static class FileText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string Read(HoconOrigin asker, string file, int maxBytes)
    {
        byte[] bytes;
        try
        {
            using var stream = File.OpenRead(file);
            bytes = Bytes(stream, maxBytes) ?? throw new HoconException(asker, $"{file} has more than the {maxBytes} bytes allowed");
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new HoconException(asker, $"cannot read {file}: {cause.Message}", inner: cause);
        }

        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException cause)
        {
            var before = bytes.AsSpan(0, Math.Clamp(cause.Index, 0, bytes.Length));
            var line = before.Count((byte)'\n') + 1;
            var column = Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1;
            throw new HoconException(new HoconOrigin(file, line, column), "this is not valid UTF-8: save the file as UTF-8", inner: cause);
        }
    }

    /// <summary>All bytes; null if there are more than allowed, as a device may have without end.</summary>
    private static byte[]? Bytes(FileStream stream, int maxBytes)
    {
        using var all = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (int count; (count = stream.Read(buffer)) > 0;)
        {
            if (all.Length + count > maxBytes)
            {
                return null;
            }

            all.Write(buffer, 0, count);
        }

        return all.ToArray();
    }
}
