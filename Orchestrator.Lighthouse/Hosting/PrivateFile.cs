namespace Orchestrator.Lighthouse.Hosting;

/// <summary>Files that only their owner may read, put in place whole.</summary>
internal static class PrivateFile
{
    /// <summary>Writes <paramref name="text"/> to a new file of mode 0600 and moves it to <paramref name="path"/>.</summary>
    public static async Task WriteAsync(string path, string text, CancellationToken cancellationToken)
    {
        var temporary = $"{path}.{Environment.ProcessId}.tmp";
        File.Delete(temporary);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
        await using (var writer = new StreamWriter(temporary, options))
        {
            await writer.WriteAsync(text.AsMemory(), cancellationToken);
        }

        File.Move(temporary, path, overwrite: true);
    }
}

/// <summary>The lighthouse cannot do what it was asked for; the message says why and what to do.</summary>
internal sealed class LighthouseException(string message, Exception? inner = null) : Exception(message, inner);
