using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Orchestrator.Actors.Messaging.Schema;

/// <summary>A text that two JSON values share if and only if JSON Schema calls them equal: 1 and 1.0 are, objects are in any order of their names.</summary>
internal static class CanonicalJson
{
    public static string Of(JsonElement value)
    {
        var text = new StringBuilder();
        Write(text, value);
        return text.ToString();
    }

    /// <summary>Whether every text in <paramref name="value"/> is valid Unicode.</summary>
    public static bool IsText(JsonElement value)
    {
        try
        {
            Of(value);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static void Write(StringBuilder text, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                text.Append('{');
                foreach (var property in value.EnumerateObject().OrderBy(static p => p.Name, StringComparer.Ordinal))
                {
                    Write(text, property.Name);
                    Write(text, property.Value);
                }

                text.Append('}');
                break;
            case JsonValueKind.Array:
                text.Append('[');
                foreach (var item in value.EnumerateArray())
                {
                    Write(text, item);
                }

                text.Append(']');
                break;
            case JsonValueKind.String:
                Write(text, value.GetString()!);
                break;
            case JsonValueKind.Number:
                text.Append('n').Append(JsonNumber.Of(value)?.ToString() ?? value.GetRawText()).Append(';');
                break;
            default:
                text.Append(value.ValueKind.ToString()[0]);
                break;
        }
    }

    // The length stands before the text, so that no text can look like two.
    private static void Write(StringBuilder text, string value) => text.Append('"').Append(value.Length.ToString(CultureInfo.InvariantCulture)).Append(':').Append(value);
}
