using System.Text;

namespace Orchestrator.Hocon.Rendering;

/// <summary>Writes keys and strings so that they read back the same.</summary>
internal static class Quoting
{
    /// <summary>A key, in quotes only where it needs them.</summary>
    public static string Key(string key) =>
        key.Length > 0 && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') && !string.Equals(key, "include", StringComparison.Ordinal)
            ? key
            : String(key);

    /// <summary>A string in double quotes, escaped as JSON escapes it.</summary>
    public static string String(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                _ when char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]) => quoted.Append(c).Append(text[++i]),
                _ when char.IsControl(c) || char.IsSurrogate(c) => quoted.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }
}
