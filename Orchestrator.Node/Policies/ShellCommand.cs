using System.Collections.Immutable;
using System.Text;

namespace Orchestrator.Node.Policies;

/// <summary>One command of a line: its words with the quotes taken off, and the text that it was written as.</summary>
internal sealed record CommandPart(ImmutableArray<string> Words, string Text);

/// <summary>
/// Takes a line for a shell apart into its commands, as far as that can be done without running it. Everything that only a shell can know (expansions, substitutions, control
/// words, files that are written) makes the line one that is not understood: then no rule may allow it.
/// </summary>
internal sealed class ShellCommand
{
    // What a shell reads as part of its own grammar, where a command would begin.
    private static readonly ImmutableHashSet<string> Reserved =
        ["if", "then", "else", "elif", "fi", "for", "while", "until", "do", "done", "case", "esac", "in", "function", "select", "time", "coproc", "{", "}", "!", "[[", "]]"];

    private static readonly string[] HarmlessRedirections = ["2>&1", "1>&2", ">&2", ">/dev/null", "1>/dev/null", "2>/dev/null", "&>/dev/null", "</dev/null"];

    private readonly string _text;
    private readonly List<CommandPart> _parts = [];
    private readonly List<string> _words = [];
    private readonly StringBuilder _word = new();
    private bool _inWord;
    private bool _quoted;
    private int _start;
    private int _at;

    private ShellCommand(string text) => _text = text;

    /// <summary>The commands of a line.</summary>
    /// <param name="text">The line or lines.</param>
    /// <param name="parts">The commands, in order; at least one if it is understood.</param>
    /// <param name="why">What is not understood.</param>
    public static bool TryRead(string text, out ImmutableArray<CommandPart> parts, out string? why)
    {
        var reader = new ShellCommand(text);
        why = reader.Read();
        if (why is null && reader._parts.Count == 0)
        {
            why = "there is no command in it";
        }

        parts = why is null ? [.. reader._parts] : [];
        return why is null;
    }

    private string? Read()
    {
        while (_at < _text.Length)
        {
            if (Step() is { } why)
            {
                return why;
            }
        }

        return EndPart();
    }

    private string? Step()
    {
        var letter = _text[_at];
        switch (letter)
        {
            case ' ' or '\t':
                _at++;
                return EndWord();
            case '\n' or ';':
                return Separated(1);
            case '|':
                return Separated(Next is '|' or '&' ? 2 : 1);
            case '&' when Harmless() is { } length:
                return Redirected(length);
            case '&' when Next == '>':
                return "it writes a file";
            case '&':
                return Separated(Next == '&' ? 2 : 1);
            case '>' or '<' when Harmless() is { } length:
                return Redirected(length);
            case '>' or '<':
                return "it reads or writes a file by a redirection, or holds a document";
            case '(' or ')':
                return "it has commands in brackets";
            case '$' or '`':
                return "it has an expansion or a substitution";
            case '\'':
                return SingleQuoted();
            case '"':
                return DoubleQuoted();
            case '\\':
                return Escaped();
            case '#' when !_inWord:
                return "it has a comment";
            default:
                return Plain(letter);
        }
    }

    private char Next => _at + 1 < _text.Length ? _text[_at + 1] : '\0';

    private string? Plain(char letter)
    {
        // "2>/dev/null": the number belongs to the redirection, if a word begins with it.
        if (!_inWord && char.IsAsciiDigit(letter) && Harmless() is { } length)
        {
            return Redirected(length);
        }

        return Take(letter);
    }

    private string? Take(char letter)
    {
        if (char.IsControl(letter) || char.GetUnicodeCategory(letter) is System.Globalization.UnicodeCategory.Format or System.Globalization.UnicodeCategory.PrivateUse
            || (char.IsWhiteSpace(letter) && letter is not (' ' or '\t' or '\n')))
        {
            return $"it has the character U+{(int)letter:X4}, which cannot be seen";
        }

        _word.Append(letter);
        _inWord = true;
        _at++;
        return null;
    }

    private string? SingleQuoted()
    {
        var end = _text.IndexOf('\'', _at + 1);
        if (end < 0)
        {
            return "a quote is not closed";
        }

        for (_at++; _at < end;)
        {
            if (_text[_at] == '\n')
            {
                return "a quote goes over several lines";
            }

            if (Take(_text[_at]) is { } why)
            {
                return why;
            }
        }

        (_inWord, _quoted) = (true, true);
        _at++;
        return null;
    }

    private string? DoubleQuoted()
    {
        for (_at++; _at < _text.Length && _text[_at] != '"';)
        {
            switch (_text[_at])
            {
                case '$' or '`':
                    return "it has an expansion or a substitution";
                case '\n':
                    return "a quote goes over several lines";
                case '!':
                    return "it has a history expansion in quotes";
                case '\\' when Next is '"' or '\\':
                    _at++;
                    break;
                case '\\' when Next is '$' or '`' or '\n' or '\0':
                    return "it has an escape that only a shell can read";
                default:
                    break;
            }

            if (Take(_text[_at]) is { } why)
            {
                return why;
            }
        }

        if (_at >= _text.Length)
        {
            return "a quote is not closed";
        }

        (_inWord, _quoted) = (true, true);
        _at++;
        return null;
    }

    private string? Escaped()
    {
        if (Next is '\n' or '\0')
        {
            return "it has an escape that only a shell can read";
        }

        _at++;
        _quoted = true;
        return Take(_text[_at]);
    }

    // The word behind must end with it: ">/dev/nullx" is another file.
    private int? Harmless() => HarmlessRedirections
        .Where(redirection => string.CompareOrdinal(_text, _at, redirection, 0, redirection.Length) == 0 && (_at + redirection.Length == _text.Length || " \t\n;|&".Contains(_text[_at + redirection.Length], StringComparison.Ordinal)))
        .Select(static redirection => (int?)redirection.Length)
        .FirstOrDefault();

    private string? Redirected(int length)
    {
        _at += length;
        return EndWord();
    }

    private string? Separated(int length)
    {
        var why = EndPart();
        _at += length;
        _start = _at;
        return why;
    }

    private string? EndWord()
    {
        if (!_inWord)
        {
            return null;
        }

        var word = _word.ToString();
        var first = _words.Count == 0;
        _words.Add(word);
        var quoted = _quoted;
        _word.Clear();
        (_inWord, _quoted) = (false, false);
        return first && !quoted && Reserved.Contains(word) ? $"it has the control word {word}"
            : first && word.Contains('=', StringComparison.Ordinal) ? "it sets a variable"
            : first && (word.IndexOfAny(['*', '?', '[', '{', '~']) >= 0 || word.Length == 0) ? "its program is found by an expansion"
            : null;
    }

    private string? EndPart()
    {
        if (EndWord() is { } why)
        {
            return why;
        }

        if (_words.Count > 0)
        {
            _parts.Add(new CommandPart([.. _words], _text[_start.._at].Trim()));
            _words.Clear();
        }

        return null;
    }
}
