namespace Orchestrator.Tests.Programs;

/// <summary>A home folder and a working folder for one program of a test, apart from the person's own.</summary>
/// <param name="Home">The home: it holds what the program would have asked at its first start.</param>
/// <param name="Folder">The working folder: empty.</param>
/// <param name="Environment">All the environment it needs: what a node would have to have in its own.</param>
internal sealed record ProgramHome(string Home, string Folder, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>Makes both folders inside an existing one.</summary>
    /// <param name="parent">An existing folder of the test.</param>
    /// <param name="installed">Where the program is installed.</param>
    /// <param name="environment">What the program needs beside a path, a home and a language.</param>
    public static ProgramHome In(string parent, string installed, params (string Name, string Value)[] environment)
    {
        var home = Directory.CreateDirectory(Path.Combine(parent, "home")).FullName;
        var folder = Directory.CreateDirectory(Path.Combine(parent, "repo")).FullName;
        var all = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = $"{installed}/bin:/usr/local/bin:/usr/bin:/bin",
            ["HOME"] = home,
            ["LANG"] = "C.UTF-8",
        };
        foreach (var (name, value) in environment)
        {
            all[name] = value;
        }

        return new ProgramHome(home, folder, all);
    }

    /// <summary>Writes a file below the home.</summary>
    public async Task WriteAsync(string path, string content)
    {
        var file = Path.Combine(Home, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, content);
    }
}
