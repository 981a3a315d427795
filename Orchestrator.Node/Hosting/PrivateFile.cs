namespace Orchestrator.Node.Hosting;

/// <summary>Files that only their owner may read, put in place whole.</summary>
internal static class PrivateFile
{
    /// <summary>Writes <paramref name="text"/> to a new file of mode 0600 and moves it to <paramref name="path"/>.</summary>
    public static async Task WriteAsync(string path, string text, CancellationToken cancellation)
    {
        var temporary = $"{path}.{Environment.ProcessId}.tmp";
        File.Delete(temporary);
        await using (var file = new FileStream(temporary, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        await using (var writer = new StreamWriter(file))
        {
            await writer.WriteAsync(text.AsMemory(), cancellation);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
