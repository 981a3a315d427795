using System.Text;
using System.Text.RegularExpressions;

namespace Orchestrator.Actors.Messaging.Schema;

/// <summary>A regular expression as JSON Schema means it (ECMA-262), as far as .NET has it. It takes time in proportion to the text; one that cannot be read so has a time limit.</summary>
internal sealed class SchemaPattern
{
    /// <summary>The longest that one pattern may look at one text.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(100);

    private const int LongestPattern = 1000;
    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    private readonly Regex _regex;

    private SchemaPattern(string source, Regex regex)
    {
        Source = source;
        _regex = regex;
    }

    /// <summary>As it is written in the schema.</summary>
    public string Source { get; }

    /// <summary>Reads a pattern.</summary>
    /// <param name="source">The pattern.</param>
    /// <param name="pattern">It, if it makes sense.</param>
    /// <returns>What is wrong with it; null if nothing.</returns>
    public static string? Read(string source, out SchemaPattern? pattern)
    {
        pattern = null;
        if (source.Length > LongestPattern)
        {
            return $"the pattern has more than {LongestPattern} characters";
        }

        try
        {
            pattern = new SchemaPattern(source, Linear(Translated(source)) ?? new Regex(Translated(source), RegexOptions.CultureInvariant, Limit));
            return null;
        }
        catch (ArgumentException e)
        {
            return $"'{source}' is no regular expression: {e.Message}";
        }
    }

    /// <summary>Whether it is found anywhere in <paramref name="text"/>; null if that took too long.</summary>
    public bool? Matches(string text)
    {
        try
        {
            return _regex.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
    }

    // Without look-around and back references, no text makes it slow.
    private static Regex? Linear(string source)
    {
        try
        {
            return new Regex(source, Options | RegexOptions.NonBacktracking, Limit);
        }
        catch (NotSupportedException)
        {
            return null;
        }
    }

    private static string Translated(string source)
    {
        var text = new StringBuilder(source.Length + 8);
        var inClass = false;
        for (var i = 0; i < source.Length; i++)
        {
            var c = source[i];
            if (c == '\\' && i + 1 < source.Length)
            {
                i += Escape(text, source, i + 1, inClass);
                continue;
            }

            // A bracket within a class is itself in ECMA-262; in .NET it could begin a subtraction.
            text.Append((c, inClass) switch { ('$', false) => @"\z", ('[', true) => @"\[", _ => c.ToString() });
            inClass = c switch { '[' => true, ']' => false, _ => inClass };
        }

        return text.ToString();
    }

    // What follows a backslash: how many characters more were read.
    private static int Escape(StringBuilder text, string source, int at, bool inClass)
    {
        var c = source[at];
        if (c is 'p' or 'P' && at + 1 < source.Length && source[at + 1] == '{' && source.IndexOf('}', at) is > 0 and var end)
        {
            text.Append('\\').Append(c).Append('{').Append(Category(source[(at + 2)..end])).Append('}');
            return end - at + 1;
        }

        text.Append(c switch
        {
            'd' => inClass ? "0-9" : "[0-9]",
            'D' when !inClass => "[^0-9]",
            'w' => inClass ? "a-zA-Z0-9_" : "[a-zA-Z0-9_]",
            'W' when !inClass => "[^a-zA-Z0-9_]",
            '/' => "/",
            '-' => @"\-",
            _ => $"\\{c}",
        });
        return 1;
    }

    private static string Category(string name) => name switch
    {
        "Letter" => "L",
        "Lowercase_Letter" => "Ll",
        "Uppercase_Letter" => "Lu",
        "Mark" => "M",
        "Number" => "N",
        "Decimal_Number" or "digit" => "Nd",
        "Punctuation" or "punct" => "P",
        "Symbol" => "S",
        "Separator" => "Z",
        "Other" => "C",
        _ => name.StartsWith("General_Category=", StringComparison.Ordinal) ? Category(name["General_Category=".Length..]) : name,
    };
}
