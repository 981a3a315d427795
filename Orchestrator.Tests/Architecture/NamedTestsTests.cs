using System.Reflection;
using System.Text.RegularExpressions;

using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Architecture;

/// <summary>The pages say of many a fault which test shows that it is not there: those tests exist, and run.</summary>
public sealed partial class NamedTestsTests
{
    [Fact]
    public void Every_test_that_the_pages_name_is_there_and_is_run()
    {
        var classes = typeof(NamedTestsTests).Assembly.GetTypes().ToLookup(static type => type.Name, StringComparer.Ordinal);
        var tests = classes.SelectMany(static types => types).SelectMany(static type => type.GetMethods()).Where(IsRun).Select(static method => method.Name).ToHashSet(StringComparer.Ordinal);
        var named = 0;
        var missing = new List<string>();
        foreach (var page in Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md"))
        {
            foreach (Match name in Names().Matches(File.ReadAllText(page)))
            {
                var (type, method) = (name.Groups["class"].Value, name.Groups["method"].Value);
                var there = type.Length == 0 ? tests.Contains(method)
                    : method.Length == 0 ? classes.Contains(type)
                    : classes[type].SelectMany(static t => t.GetMethods()).Any(m => m.Name == method && IsRun(m));
                named++;
                if (!there)
                {
                    missing.Add($"{Path.GetFileName(page)}: {name.Value}");
                }
            }
        }

        Assert.True(named > 50, $"only {named} names were found: they are looked for in another way than they are written");
        Assert.True(missing.Count == 0, string.Join('\n', missing));
    }

    private static bool IsRun(MethodInfo method) => method.GetCustomAttribute<FactAttribute>() is { Skip: null };

    // A class, a class with one of its tests, or a test of the class that was named before: at least four words with _ between them.
    [GeneratedRegex(@"`(?:(?<class>[A-Z]\w*Tests)(?:\.(?<method>\w+))?|(?<method>[A-Z][a-z]*(?:_[A-Za-z0-9]+){3,}))`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Names();
}
