using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Orchestrator.Node.Hooks;

/// <summary>Reads one list of words at the top of a TOML file (https://toml.io/en/v1.0.0); what stands around it is passed over, not checked.</summary>
internal ref struct TomlList
{
    private readonly ReadOnlySpan<char> _text;
    private int _at;

    private TomlList(ReadOnlySpan<char> text) => _text = text;

    private readonly char Next => _at < _text.Length ? _text[_at] : '\0';

    private readonly bool IsAtEnd => _at >= _text.Length;

    /// <summary>The words under <paramref name="key"/>; none if it is not set.</summary>
    /// <exception cref="FormatException">It is set to something else, or the file is no TOML as far as that.</exception>
    public static ImmutableArray<string> Find(string text, string key)
    {
        var reader = new TomlList(text);
        while (true)
        {
            reader.PassOver(lines: true);

            // Tables come last.
            if (reader.IsAtEnd || reader.Next == '[')
            {
                return [];
            }

            if (reader.Key() == key)
            {
                return reader.Next == '[' ? reader.Words() : throw reader.Wrong("is no list");
            }

            reader.Value(words: null);
        }
    }

    private string Key()
    {
        var key = new StringBuilder();
        while (Next is not ('=' or '\0' or '\n'))
        {
            if (Next is '"' or '\'')
            {
                key.Append(Text());
            }
            else if (Next is ' ' or '\t')
            {
                _at++;
            }
            else
            {
                key.Append(_text[_at++]);
            }
        }

        Expect('=');
        PassOver(lines: false);
        return key.ToString();
    }

    private ImmutableArray<string> Words()
    {
        var words = ImmutableArray.CreateBuilder<string>();
        Value(words);
        return words.ToImmutable();
    }

    /// <summary>Passes over a value; with <paramref name="words"/> it must be a list of texts, which are put there.</summary>
    private void Value(ImmutableArray<string>.Builder? words)
    {
        switch (Next)
        {
            case '"' or '\'':
                Text();
                break;
            case '[':
                List(words);
                break;
            case '{':
                Braces();
                break;
            default:
                while (Next is not ('\0' or '\n' or '#' or ',' or ']' or '}'))
                {
                    _at++;
                }

                break;
        }
    }

    private void List(ImmutableArray<string>.Builder? words)
    {
        Expect('[');
        PassOver(lines: true);
        while (Next != ']')
        {
            if (words is null)
            {
                Value(words: null);
            }
            else
            {
                words.Add(Next is '"' or '\'' ? Text() : throw Wrong("holds something that is no text"));
            }

            PassOver(lines: true);
            if (Next != ']')
            {
                Expect(',');
                PassOver(lines: true);
            }
        }

        Expect(']');
    }

    private void Braces()
    {
        Expect('{');
        while (Next != '}')
        {
            if (Next is '"' or '\'')
            {
                Text();
            }
            else if (Next is '[' or '{')
            {
                Value(words: null);
            }
            else if (IsAtEnd)
            {
                throw Wrong("is not closed");
            }
            else
            {
                _at++;
            }
        }

        Expect('}');
    }

    private string Text()
    {
        var quote = _text[_at];
        var rows = _text[_at..].StartsWith([quote, quote, quote]);
        ReadOnlySpan<char> end = rows ? [quote, quote, quote] : [quote];
        _at += end.Length;
        if (rows && (_text[_at..].StartsWith("\n") || _text[_at..].StartsWith("\r\n")))
        {
            _at += Next == '\r' ? 2 : 1;
        }

        var text = new StringBuilder();
        while (!_text[_at..].StartsWith(end))
        {
            if (IsAtEnd || (!rows && Next == '\n'))
            {
                throw Wrong("is not closed");
            }

            if (quote == '"' && Next == '\\')
            {
                _at++;
                Escaped(text);
            }
            else
            {
                text.Append(_text[_at++]);
            }
        }

        _at += end.Length;

        // Of more than three quotes at the end of rows the first ones belong to the text.
        for (var more = 0; rows && more < 2 && Next == quote; more++)
        {
            text.Append(_text[_at++]);
        }

        return text.ToString();
    }

    private void Escaped(StringBuilder text)
    {
        var letter = Next;
        _at++;
        switch (letter)
        {
            case 'u' or 'U':
                var digits = letter == 'u' ? 4 : 8;
                if (_at + digits > _text.Length || !int.TryParse(_text.Slice(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) || !Rune.IsValid(code))
                {
                    throw Wrong("has an escape that is no character");
                }

                text.Append(new Rune(code));
                _at += digits;
                break;
            case ' ' or '\t' or '\r' or '\n':
                // A row that goes on in the next one.
                _at--;
                while (!IsAtEnd && char.IsWhiteSpace(Next))
                {
                    _at++;
                }

                break;
            default:
                text.Append("btnfre\"\\".IndexOf(letter, StringComparison.Ordinal) is >= 0 and var known ? "\b\t\n\f\r\e\"\\"[known] : throw Wrong("has an unknown escape"));
                break;
        }
    }

    /// <summary>Passes over blanks, and over ends of lines and comments too.</summary>
    private void PassOver(bool lines)
    {
        while (Next is ' ' or '\t' || (lines && Next is '\r' or '\n' or '#'))
        {
            if (Next == '#')
            {
                while (!IsAtEnd && Next != '\n')
                {
                    _at++;
                }
            }
            else
            {
                _at++;
            }
        }
    }

    private void Expect(char letter)
    {
        if (Next != letter)
        {
            throw Wrong($"has no '{letter}' where one is due");
        }

        _at++;
    }

    private readonly FormatException Wrong(string what) => new($"line {_text[..Math.Min(_at, _text.Length)].Count('\n') + 1} {what}");
}
