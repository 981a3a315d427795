using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Orchestrator.Node.Policies;

/// <summary>
/// A pattern for one command: its words, where <c>*</c> inside a word stands for any characters of that word and a last <c>*</c> alone for any further words; or, after
/// <c>regex:</c>, a regular expression for the whole of it.
/// </summary>
internal sealed class CommandPattern
{
    private const string RegexPrefix = "regex:";
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(250);

    private readonly ImmutableArray<Regex> _words;
    private readonly bool _more;
    private readonly Regex? _whole;
    private readonly Regex? _anywhere;

    private CommandPattern(string text, ImmutableArray<Regex> words, bool more, Regex? whole, Regex? anywhere)
    {
        Text = text;
        _words = words;
        _more = more;
        _whole = whole;
        _anywhere = anywhere;
    }

    /// <summary>The pattern as it was written.</summary>
    public string Text { get; }

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="FormatException">It is none; says why.</exception>
    public static CommandPattern Parse(string text)
    {
        if (text.StartsWith(RegexPrefix, StringComparison.Ordinal))
        {
            var pattern = text[RegexPrefix.Length..].Trim();
            try
            {
                return new CommandPattern(
                    text, [], more: false, new Regex($@"\A(?:{pattern})\z", RegexOptions.CultureInvariant, Limit), new Regex(pattern, RegexOptions.CultureInvariant, Limit));
            }
            catch (ArgumentException e)
            {
                throw new FormatException($"\"{text}\" is no regular expression: {e.Message}", e);
            }
        }

        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0 || words[0].Contains('*', StringComparison.Ordinal))
        {
            throw new FormatException($"\"{text}\" names no program: begin with one, for example \"git status\" or \"npm run *\"; a star stands for words behind it");
        }

        if (words.FirstOrDefault(static word => word.IndexOfAny(['|', '&', ';', '<', '>', '$', '`', '(', ')', '\'', '"', '\\']) >= 0) is { } shell)
        {
            throw new FormatException($"\"{text}\" has \"{shell}\", which is the shell's: a pattern is for one command; every command of a line is looked at by itself");
        }

        var more = words[^1] == "*";
        return new CommandPattern(text, [.. (more ? words[..^1] : words).Select(Word)], more, whole: null, anywhere: null);
    }

    /// <summary>Whether this command is one that the pattern means, all of it.</summary>
    public bool Means(CommandPart part) => _whole is not null
        ? _whole.IsMatch(part.Text)
        : (_more ? part.Words.Length >= _words.Length : part.Words.Length == _words.Length) && _words.Zip(part.Words).All(static pair => pair.First.IsMatch(pair.Second));

    /// <summary>Whether something of this line is what the pattern means: what is forbidden is looked for more widely than what is allowed.</summary>
    public bool IsIn(string line) => _anywhere?.IsMatch(line) ?? false;

    private static Regex Word(string word)
        => new($@"\A{string.Join(".*", word.Split('*').Select(Regex.Escape))}\z", RegexOptions.CultureInvariant | RegexOptions.Singleline, Limit);
}
