namespace Orchestrator.Tests.Support;

/// <summary>A folder of its own for one test, gone afterwards. Its path is short, because a socket's path may have 107 bytes only.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => Path = Directory.CreateTempSubdirectory("orc-").FullName;

    /// <summary>One below a folder.</summary>
    public TemporaryFolder(string parent)
        => Path = Directory.CreateDirectory(
            System.IO.Path.Combine(parent, $"orc-{System.IO.Path.GetRandomFileName()[..8]}"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;

    public string Path { get; }

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
