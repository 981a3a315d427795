namespace Orchestrator.Tests.Support;

/// <summary>A folder of its own for one test, gone afterwards. Its path is short, because a socket's path may have 107 bytes only.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("orc-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
