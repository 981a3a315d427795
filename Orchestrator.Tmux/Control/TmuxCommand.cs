using System.Text;

namespace Orchestrator.Tmux;

/// <summary>A tmux command line with every argument quoted, so that each arrives as it was given.</summary>
public sealed class TmuxCommand
{
    /// <summary>
    /// Most bytes one command line may have. tmux takes somewhat more from a client process, but text of that size belongs into a buffer.
    /// </summary>
    public const int LongestLine = 16_000;

    private TmuxCommand(string text, int? answers)
    {
        Text = text;
        Answers = answers;
    }

    /// <summary>The line as it is sent.</summary>
    public string Text { get; }

    /// <summary>How many answers it brings if nothing fails; null where that depends on a condition.</summary>
    internal int? Answers { get; }

    /// <summary>One command.</summary>
    /// <param name="name">tmux's name for it, letters and hyphens.</param>
    /// <param name="arguments">Its arguments. They arrive literally; whether the command then expands formats in one is the command's affair.</param>
    /// <exception cref="ArgumentException">An argument has a control character (a line feed would start another command) or a lone surrogate, or the whole is too long.</exception>
    public static TmuxCommand Of(string name, params IEnumerable<string> arguments)
    {
        if (name.Length == 0 || !name.All(letter => char.IsAsciiLetterLower(letter) || letter == '-'))
        {
            throw new ArgumentException($"'{name}' is no name of a tmux command.", nameof(name));
        }

        var line = new StringBuilder(name);
        foreach (var argument in arguments)
        {
            line.Append(' ').Append(Quote(argument));
        }

        return Checked(line.ToString(), 1);
    }

    /// <summary>Commands that run one after the other in one go; the first error ends the list.</summary>
    public static TmuxCommand List(params IEnumerable<TmuxCommand> commands)
    {
        var all = commands.ToList();
        return Checked(
            string.Join(" ; ", all.Select(command => command.Text)),
            all.All(command => command.Answers is not null) ? all.Sum(command => command.Answers) : null);
    }

    /// <summary>
    /// Looks at a format and runs one of two lists, all in one go. The pane may be gone: the condition has to hold <c>#{pane_id}</c> against it.
    /// </summary>
    /// <param name="pane">The pane whose variables the format reads.</param>
    /// <param name="condition">A format made of allow-listed parts only: tmux would run <c>#(...)</c> in it.</param>
    /// <param name="then">Run if the condition holds.</param>
    /// <param name="otherwise">Run if not.</param>
    public static TmuxCommand If(PaneId pane, string condition, TmuxCommand then, TmuxCommand otherwise)
        => condition.Contains("#(", StringComparison.Ordinal)
            ? throw new ArgumentException("a condition runs no programs.", nameof(condition))
            : Checked($"if-shell -F -t {Quote(pane.ToString())} {Quote(condition)} {{ {then.Text} }} {{ {otherwise.Text} }}", null);

    /// <summary>The line as it is sent.</summary>
    public override string ToString() => Text;

    /// <summary>One argument for tmux's own command parser: in single quotes nothing is special but the quote.</summary>
    internal static string Quote(string argument)
    {
        for (var i = 0; i < argument.Length; i++)
        {
            if (char.IsControl(argument[i]))
            {
                throw new ArgumentException($"an argument has the control character U+{(int)argument[i]:X4} at {i}: tmux would take a line feed for a new command.", nameof(argument));
            }

            if (char.IsSurrogate(argument[i]))
            {
                if (i + 1 == argument.Length || !char.IsSurrogatePair(argument[i], argument[i + 1]))
                {
                    throw new ArgumentException($"an argument has half a surrogate pair at {i}.", nameof(argument));
                }

                i++;
            }
        }

        return $"'{argument.Replace("'", @"'\''", StringComparison.Ordinal)}'";
    }

    private static TmuxCommand Checked(string text, int? answers)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        if (length == 0)
        {
            throw new ArgumentException("an empty command line would detach the control client.", nameof(text));
        }

        return length <= LongestLine
            ? new TmuxCommand(text, answers)
            : throw new ArgumentException($"the command line has {length:N0} bytes; tmux takes {LongestLine:N0}. Long text goes through a buffer.", nameof(text));
    }
}
