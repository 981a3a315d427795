namespace Orchestrator.Runtime;

/// <summary>Files that only their owner may read, put in place whole.</summary>
public static class PrivateFile
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

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

    /// <summary>Whether somebody else than the owner of <paramref name="path"/> may read or write it.</summary>
    public static bool IsOpenToOthers(string path) => (File.GetUnixFileMode(path) & Others) != UnixFileMode.None;
}
