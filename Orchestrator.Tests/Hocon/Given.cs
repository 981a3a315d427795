using System.Text.Json.Nodes;
using Orchestrator.Hocon;

namespace Orchestrator.Tests.Hocon;

/// <summary>What all HOCON tests do: parse with an environment of their own, and compare with JSON read by another parser.</summary>
internal static class Given
{
    public static HoconDocument Document(string text, params (string Name, string Value)[] environment) =>
        HoconParser.Parse(text, new HoconOptions { SourceName = "test.conf", Environment = Variables(environment) });

    public static HoconObject Config(string text, params (string Name, string Value)[] environment) => Document(text, environment).Resolve();

    public static HoconException Error(string text, params (string Name, string Value)[] environment) =>
        Assert.Throws<HoconException>(() => Document(text, environment).ResolveValue());

    public static void Means(string hocon, string json, params (string Name, string Value)[] environment) =>
        IsJson(Document(hocon, environment).ResolveValue(), json);

    public static void IsJson(HoconValue value, string json)
    {
        var rendered = HoconRenderer.Render(value, new HoconRenderOptions { Json = true });
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), JsonNode.Parse(rendered)), $"expected {json}, got {rendered}");
    }

    public static Func<string, string?> Variables(params (string Name, string Value)[] environment)
    {
        var variables = environment.ToDictionary(variable => variable.Name, variable => variable.Value, StringComparer.Ordinal);
        return name => variables.GetValueOrDefault(name);
    }
}
