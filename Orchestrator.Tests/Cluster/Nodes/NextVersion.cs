using System.Diagnostics;

using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Cluster.Nodes;

/// <summary>The version after this one, really built: this source tree with one more event, which a node that is drained writes beside the one of before.</summary>
internal sealed class NextVersion : IDisposable
{
    /// <summary>The stored name of that event.</summary>
    public const string Manifest = "node.noted.v1";

    private static readonly string[] Sources = ["Orchestrator.*", "hocon"];
    private static readonly string[] Built = ["bin", "obj", "node_modules", "artifacts"];

    private static readonly (string File, string Before, string After)[] Changes =
    [
        ("Orchestrator.Actors/Manifests.cs", ".Map<NodeRemoved>(\"node.removed.v1\")", $".Map<NodeRemoved>(\"node.removed.v1\").Map<NodeNoted>(\"{Manifest}\", format: 2)"),
        ("Orchestrator.Actors/Nodes/Node.cs", "/// <summary>The rules of a node.</summary>", "/// <summary>Something was noted.</summary>\npublic sealed record NodeNoted(string Note) : Event;\n\n/// <summary>The rules of a node.</summary>"),
        ("Orchestrator.Actors/Nodes/Node.cs", "new NodeDrained(context.Sender.Value, context.Now))", "new NodeDrained(context.Sender.Value, context.Now), new NodeNoted(\"next\"))"),
        ("Orchestrator.Actors/Nodes/Node.cs", "NodeStaysLost or ", "NodeNoted or NodeStaysLost or "),
    ];

    private readonly TemporaryFolder _folder = new();

    /// <summary>The node program.</summary>
    public string Program => Path.Combine(_folder["built"], "orchestrator-node");

    /// <summary>Builds it, which takes a minute or two.</summary>
    public static async Task<NextVersion> BuildAsync()
    {
        var next = new NextVersion();
        var tree = next._folder["tree"];
        Directory.CreateDirectory(tree);
        foreach (var file in Directory.EnumerateFiles(Repository.Root, "*.props").Append(Path.Combine(Repository.Root, "global.json")))
        {
            File.Copy(file, Path.Combine(tree, Path.GetFileName(file)));
        }

        foreach (var folder in Sources.SelectMany(static pattern => Directory.EnumerateDirectories(Repository.Root, pattern)).Where(static folder => Path.GetFileName(folder) is not ("Orchestrator.Tests" or "Orchestrator.Benchmarks")))
        {
            Copy(new DirectoryInfo(folder), Path.Combine(tree, Path.GetFileName(folder)));
        }

        foreach (var (file, before, after) in Changes)
        {
            var text = await File.ReadAllTextAsync(Path.Combine(tree, file));
            Assert.True(text.Contains(before, StringComparison.Ordinal), $"{file} has no more what the next version changes: {before}");
            await File.WriteAllTextAsync(Path.Combine(tree, file), text.Replace(before, after, StringComparison.Ordinal));
        }

        await next.RunAsync("build", Path.Combine(tree, "Orchestrator.Node"), "-c", "Debug", "-o", next._folder["built"], "-p:Version=0.2.0", "-p:RunAnalyzersDuringBuild=false", "-p:UseSharedCompilation=false", "-nodeReuse:false", "-v", "quiet", "--nologo");
        return next;
    }

    public void Dispose() => _folder.Dispose();

    private static void Copy(DirectoryInfo from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in from.EnumerateFiles())
        {
            file.CopyTo(Path.Combine(to, file.Name));
        }

        foreach (var folder in from.EnumerateDirectories().Where(static folder => !Built.Contains(folder.Name, StringComparer.Ordinal)))
        {
            Copy(folder, Path.Combine(to, folder.Name));
        }
    }

    private async Task RunAsync(params string[] words)
    {
        var start = new ProcessStartInfo("dotnet", words) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = _folder.Path };

        // What the run of the tests was told about its own build is not for this one.
        foreach (var name in start.Environment.Keys.Where(static name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        using var dotnet = Process.Start(start)!;
        var (said, errors) = (dotnet.StandardOutput.ReadToEndAsync(), dotnet.StandardError.ReadToEndAsync());
        await dotnet.WaitForExitAsync();
        Assert.True(dotnet.ExitCode == 0, $"the next version was not built: {await said}{await errors}");
    }
}
