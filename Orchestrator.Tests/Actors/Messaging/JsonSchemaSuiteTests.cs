using System.Text.Json;

using Orchestrator.Actors.Messaging.Schema;

namespace Orchestrator.Tests.Actors.Messaging;

/// <summary>The official tests of JSON Schema, draft 2020-12 (see the licence beside them), one row a file.</summary>
public sealed class JsonSchemaSuiteTests
{
    private static readonly string Suite = Path.Combine(AppContext.BaseDirectory, "Actors", "Messaging", "SchemaSuite");

    public static TheoryData<string> Keywords()
    {
        var data = new TheoryData<string>();
        foreach (var file in Directory.EnumerateFiles(Suite, "*.json").Order(StringComparer.Ordinal))
        {
            data.Add(Path.GetFileNameWithoutExtension(file));
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Keywords))]
    public void Every_official_test_of_a_keyword_passes(string keyword)
    {
        using var groups = JsonDocument.Parse(File.ReadAllText(Path.Combine(Suite, keyword + ".json")));
        var failed = new List<string>();
        var count = 0;
        foreach (var group in groups.RootElement.EnumerateArray())
        {
            var schema = JsonSchema.Compile(group.GetProperty("schema"));
            foreach (var test in group.GetProperty("tests").EnumerateArray())
            {
                count++;
                var errors = schema.Validate(test.GetProperty("data"));
                if (errors.IsEmpty != test.GetProperty("valid").GetBoolean())
                {
                    failed.Add($"{group.GetProperty("description")}: {test.GetProperty("description")} [{string.Join("; ", errors)}]");
                }
            }
        }

        Assert.NotEqual(0, count);
        Assert.Empty(failed);
    }

    [Fact]
    public void The_suite_is_there_as_a_whole()
        => Assert.Equal(33, Keywords().Count);
}
