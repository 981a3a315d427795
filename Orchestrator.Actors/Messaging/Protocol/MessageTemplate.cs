using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Orchestrator.Actors.Messaging.Protocol;

/// <summary>Writes the content of a message as text that a program can read.</summary>
public static partial class MessageTemplate
{
    private const string Indent = "  ";

    /// <summary>The text of <paramref name="content"/>. What has several lines is indented, so that no value can look like a field of its own; fields that the template does not name stand at the end.</summary>
    /// <param name="template">The template; empty for the fields one below the other.</param>
    /// <param name="content">The content, an object.</param>
    /// <param name="text">What is said beside it; null for nothing.</param>
    public static string Render(string template, JsonElement content, string? text)
    {
        var lines = new List<string>();
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in template.ReplaceLineEndings("\n").Split('\n').Where(static line => line.Length > 0))
        {
            var fields = FieldPattern().Matches(line).Select(static m => m.Groups["field"].Value).ToArray();
            named.UnionWith(fields);
            if (fields.Length == 0 || fields.Any(field => Has(content, field)))
            {
                lines.Add(FieldPattern().Replace(line, match => Has(content, match.Groups["field"].Value) ? Written(content.GetProperty(match.Groups["field"].Value)) : string.Empty).Replace(": \n", ":\n", StringComparison.Ordinal).TrimEnd());
            }
        }

        lines.AddRange(content.EnumerateObject().Where(field => !named.Contains(field.Name) && Has(content, field.Name)).Select(static field => $"{Label(field.Name)}: {Written(field.Value)}".Replace(": \n", ":\n", StringComparison.Ordinal)));
        if (text is { Length: > 0 })
        {
            lines.Add(string.Empty);
            lines.Add(text);
        }

        return string.Join('\n', lines);
    }

    /// <summary>What is wrong with a template; null if nothing.</summary>
    public static string? Wrong(string template) => template.Length > 10_000 ? "the template has more than 10,000 characters" : null;

    private static bool Has(JsonElement content, string field)
        => content.TryGetProperty(field, out var value) && value.ValueKind != JsonValueKind.Null && !(value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0);

    private static string Written(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Indented(value.GetString()!),
        JsonValueKind.Array when value.EnumerateArray().All(static v => v.ValueKind is not (JsonValueKind.Array or JsonValueKind.Object)) => Listed(value),
        _ => Indented(value.GetRawText()),
    };

    private static string Listed(JsonElement value)
    {
        var text = new StringBuilder();
        foreach (var item in value.EnumerateArray())
        {
            text.Append('\n').Append(Indent).Append("- ").Append((item.ValueKind == JsonValueKind.String ? item.GetString()! : item.GetRawText()).ReplaceLineEndings("\n" + Indent + Indent));
        }

        return text.ToString();
    }

    private static string Indented(string text) => text.ReplaceLineEndings("\n" + Indent);

    private static string Label(string field) => char.ToUpperInvariant(field[0]) + field[1..].Replace('_', ' ').ReplaceLineEndings(" ");

    [GeneratedRegex(@"\{(?<field>[A-Za-z0-9_.-]{1,100})\}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FieldPattern();
}
