using System.Globalization;
using System.Text;

namespace Orchestrator.Hocon.Syntax;

/// <summary>Reads the strings: quoted, triple-quoted, unquoted.</summary>
internal static class Words
{
    private const string Triple = "\"\"\"";

    public static string Quoted(Scanner scanner) => scanner.StartsWith(Triple) ? TripleQuoted(scanner) : SingleQuoted(scanner);

    /// <summary>A run of characters that need no quotes; empty when there is none. A number at its start may hold the <c>+</c> of its exponent.</summary>
    public static string Unquoted(Scanner scanner)
    {
        var start = scanner.Position;
        scanner.Advance(Numbers.PrefixLength(scanner.Rest));
        while (Scanner.IsUnquoted(scanner.Peek()) && !scanner.AtComment)
        {
            scanner.Advance();
        }

        return scanner.From(start).ToString();
    }

    private static string TripleQuoted(Scanner scanner)
    {
        var origin = scanner.Here;
        scanner.Advance(3);
        var start = scanner.Position;
        while (!scanner.StartsWith(Triple))
        {
            if (scanner.AtEnd)
            {
                throw new HoconException(origin, "this triple-quoted string is not closed: end it with \"\"\"");
            }

            scanner.Advance();
        }

        // Any sequence of at least three quotes ends the string, and the extra ones belong to it.
        while (scanner.Peek(3) == '"')
        {
            scanner.Advance();
        }

        var content = scanner.From(start).ToString();
        scanner.Advance(3);
        return content;
    }

    private static string SingleQuoted(Scanner scanner)
    {
        var origin = scanner.Here;
        scanner.Advance();
        var content = new StringBuilder();
        while (true)
        {
            switch (scanner.Peek())
            {
                case '"':
                    scanner.Advance();
                    return content.ToString();
                case '\\':
                    content.Append(Escape(scanner));
                    break;
                case '\n' or Scanner.End:
                    throw new HoconException(origin, "this string is not closed on its line: add the closing double quote, or use \"\"\" for a text of several lines");
                case var c when c < 0x20:
                    throw scanner.Error($"{scanner.Shown} cannot stand in a quoted string: write \\u{c:x4}, or use \"\"\"");
                case var c:
                    content.Append((char)c);
                    scanner.Advance();
                    break;
            }
        }
    }

    private static char Escape(Scanner scanner)
    {
        char? simple = scanner.Peek(1) switch
        {
            '"' => '"',
            '\\' => '\\',
            '/' => '/',
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            _ => null,
        };
        if (simple is { } character)
        {
            scanner.Advance(2);
            return character;
        }

        if (scanner.Peek(1) == 'u' && scanner.Rest.Length >= 6
            && ushort.TryParse(scanner.Rest.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
        {
            scanner.Advance(6);
            return (char)code;
        }

        throw scanner.Error("this escape is not known: use \\\" \\\\ \\/ \\b \\f \\n \\r \\t or \\u and four hexadecimal digits; a backslash itself is written \\\\");
    }
}
