using System.Globalization;

namespace Orchestrator.Hocon.Syntax;

/// <summary>A cursor over a text that knows its line and column.</summary>
internal sealed class Scanner(string text, string source)
{
    /// <summary>What <see cref="Peek"/> answers behind the end: no text holds it as a character of its own meaning.</summary>
    public const int End = -1;

    private int _position;
    private int _line = 1;
    private int _lineStart;

    public bool AtEnd => _position >= text.Length;

    public int Position => _position;

    public HoconOrigin Here => new(source, _line, _position - _lineStart + 1);

    /// <summary>The next character as it is shown in errors.</summary>
    public string Shown => Peek() switch
    {
        End => "the end of the text",
        '\n' => "the end of the line",
        '\'' => "a single quote",
        var c when char.IsControl((char)c) => $"the control character U+{c:X4}",
        var c => $"'{(char)c}'",
    };

    public int Peek(int ahead = 0) => _position + ahead < text.Length ? text[_position + ahead] : End;

    public bool StartsWith(string expected) => string.CompareOrdinal(text, _position, expected, 0, expected.Length) == 0;

    public ReadOnlySpan<char> From(int start) => text.AsSpan(start, _position - start);

    public ReadOnlySpan<char> Rest => text.AsSpan(_position);

    public void Advance(int count = 1)
    {
        for (; count > 0; count--)
        {
            if (text[_position++] == '\n')
            {
                _line++;
                _lineStart = _position;
            }
        }
    }

    public bool TryTake(char expected)
    {
        if (Peek() != expected)
        {
            return false;
        }

        Advance();
        return true;
    }

    /// <summary>Passes whitespace that does not end a line.</summary>
    public void SkipBlank()
    {
        while (IsBlank(Peek()))
        {
            Advance();
        }
    }

    /// <summary>Passes whitespace, ends of lines and comments, and says whether a line ended.</summary>
    public bool SkipLines()
    {
        var before = _line;
        while (true)
        {
            if (AtComment)
            {
                while (!AtEnd && Peek() != '\n')
                {
                    Advance();
                }
            }
            else if (Peek() == '\n' || IsBlank(Peek()))
            {
                Advance();
            }
            else
            {
                return _line != before;
            }
        }
    }

    public bool AtComment => Peek() == '#' || (Peek() == '/' && Peek(1) == '/');

    public HoconException Error(string problem) => new(Here, problem);

    public static bool IsBlank(int c) => c switch
    {
        '\n' or End => false,
        '\t' or '\v' or '\f' or '\r' or 0xFEFF or (>= 0x1C and <= 0x1F) => true,
        _ => char.GetUnicodeCategory((char)c) is UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator,
    };

    /// <summary>Whether a character may stand in an unquoted string.</summary>
    public static bool IsUnquoted(int c) => c switch
    {
        End or '\n' or '$' or '"' or '{' or '}' or '[' or ']' or ':' or '=' or ',' or '+' or '#' or '`' or '^' or '?' or '!' or '@' or '*' or '&' or '\\' => false,
        _ => !IsBlank(c),
    };
}
