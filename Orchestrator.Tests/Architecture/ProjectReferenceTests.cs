using System.Xml.Linq;

using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Architecture;

/// <summary>The arrows between the projects point as docs/architecture.md draws them, and nowhere else.</summary>
public sealed class ProjectReferenceTests
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Orchestrator.Hocon"] = [],
        ["Orchestrator.Tmux"] = [],
        ["Orchestrator.Runtime"] = [],
        ["Orchestrator.Actors"] = ["Orchestrator.Runtime"],
        ["Orchestrator.Client"] = [],
        ["Orchestrator.Mcp"] = ["Orchestrator.Client"],
        ["Orchestrator.Api"] = ["Orchestrator.Actors", "Orchestrator.Client", "Orchestrator.Mcp"],
        ["Orchestrator.Node"] = ["Orchestrator.Api", "Orchestrator.Tmux", "Orchestrator.Hocon"],
        ["Orchestrator.Lighthouse"] = ["Orchestrator.Api", "Orchestrator.Hocon"],
        ["Orchestrator.Cli"] = ["Orchestrator.Client", "Orchestrator.Mcp"],
    };

    private static readonly string[] SeeAll = ["Orchestrator.Tests", "Orchestrator.Benchmarks"];

    public static TheoryData<string> Projects()
    {
        var data = new TheoryData<string>();
        foreach (var project in ProjectFiles())
        {
            data.Add(Path.GetFileNameWithoutExtension(project));
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_refers_only_to_those_it_may_use(string project)
    {
        if (SeeAll.Contains(project))
        {
            return;
        }

        Assert.True(Allowed.ContainsKey(project), $"{project} is not in the table of projects");
        var references = XDocument.Load(Path.Combine(Repository.Root, project, project + ".csproj"))
            .Descendants("ProjectReference")
            .Select(static r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value));
        Assert.Empty(references.Except(Allowed[project]));
    }

    [Theory]
    [InlineData("Orchestrator.Runtime", "Orchestrator.Actors", "Orchestrator.Tmux", "Orchestrator.Client")]
    [InlineData("Orchestrator.Actors", "Orchestrator.Tmux", "Orchestrator.Client", "Microsoft.Data.Sqlite", "Microsoft.AspNetCore.Http")]
    [InlineData("Orchestrator.Tmux", "Orchestrator.Runtime", "Orchestrator.Actors")]
    [InlineData("Orchestrator.Client", "Orchestrator.Actors", "Orchestrator.Runtime", "Microsoft.AspNetCore.Http")]
    public void A_library_does_not_know_what_is_above_it(string library, params string[] above)
    {
        var references = System.Reflection.Assembly.Load(library).GetReferencedAssemblies().Select(static a => a.Name);
        Assert.Empty(references.Intersect(above));
    }

    [Fact]
    public void Decisions_read_no_clock_no_random_source_and_no_file()
    {
        string[] forbidden = ["DateTime.Now", "DateTime.UtcNow", "DateTimeOffset.UtcNow", "DateTimeOffset.Now", "TimeProvider", "Guid.NewGuid", "new Random(", "Random.Shared", "File.", "Environment.", "Stopwatch"];
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "Orchestrator.Actors"), "*.cs", SearchOption.AllDirectories))
        {
            var text = File.ReadAllText(file);
            Assert.All(forbidden, word => Assert.False(text.Contains(word, StringComparison.Ordinal), $"{Path.GetFileName(file)} uses {word}: decisions are pure"));
        }
    }

    private static IEnumerable<string> ProjectFiles()
        => Directory.EnumerateDirectories(Repository.Root, "Orchestrator.*").SelectMany(static d => Directory.EnumerateFiles(d, "*.csproj"));
}
