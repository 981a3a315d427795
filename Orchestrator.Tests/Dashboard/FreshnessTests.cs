using System.Security.Cryptography;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Dashboard;

/// <summary>The built page that lies in the repository is of the sources beside it.</summary>
public sealed class FreshnessTests
{
    private static readonly string Project = Path.Combine(Repository.Root, "Orchestrator.Dashboard");

    [Fact]
    public void The_built_page_is_of_these_sources()
    {
        string[] sources =
        [
            .. new[] { "build.mjs", "package-lock.json", "package.json", "tsconfig.json" },
            .. Directory.EnumerateFiles(Path.Combine(Project, "src")).Select(static file => "src/" + Path.GetFileName(file)),
        ];
        var now = sources.Order(StringComparer.Ordinal).Select(static path => $"{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(Project, path))))}  {path}");
        var built = File.ReadAllLines(Path.Combine(Project, "dist", "SOURCES.sha256"));
        Assert.True(built.SequenceEqual(now), "Orchestrator.Dashboard/dist is not of these sources. Build it: cd Orchestrator.Dashboard && npm ci && npm run build");
    }

    [Fact]
    public void The_built_page_names_every_file_that_was_built()
    {
        var page = File.ReadAllText(Path.Combine(Project, "dist", "index.html"));
        Assert.All(Directory.EnumerateFiles(Path.Combine(Project, "dist", "assets")), file => Assert.Contains($"\"/assets/{Path.GetFileName(file)}\"", page, StringComparison.Ordinal));
    }
}
