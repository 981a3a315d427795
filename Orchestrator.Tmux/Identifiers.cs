using System.Globalization;
using System.Text.RegularExpressions;

namespace Orchestrator.Tmux;

/// <summary>A pane's id, <c>%n</c>: unique for the life of one server, never reused by it, but given again by the next server.</summary>
/// <param name="Number">The number after the percent sign, from 0.</param>
public readonly record struct PaneId(int Number)
{
    /// <summary>Reads <c>%n</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out PaneId pane)
    {
        pane = default;
        if (text.Length < 2 || text[0] != '%' || !int.TryParse(text[1..], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        pane = new PaneId(number);
        return true;
    }

    /// <summary>Reads <c>%n</c>.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static PaneId Parse(string text) => TryParse(text, out var pane) ? pane : throw new FormatException($"'{text}' is no pane id such as %3.");

    /// <summary><c>%n</c>, as tmux writes it.</summary>
    public override string ToString() => $"%{Number}";
}

/// <summary>A window's id, <c>@n</c>. Each pane of ours has a window of its own.</summary>
/// <param name="Number">The number after the at sign, from 0.</param>
public readonly record struct WindowId(int Number)
{
    /// <summary>Reads <c>@n</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out WindowId window)
    {
        window = default;
        if (text.Length < 2 || text[0] != '@' || !int.TryParse(text[1..], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        window = new WindowId(number);
        return true;
    }

    /// <summary><c>@n</c>, as tmux writes it.</summary>
    public override string ToString() => $"@{Number}";
}

/// <summary>
/// The id of one message, as it stands in buffer names, marks and guards: 1 to 40 base32 characters or digits. tmux expands formats in some of those places,
/// so nothing else is let through.
/// </summary>
public sealed partial record DeliveryId
{
    private DeliveryId(string value) => Value = value;

    /// <summary>The id.</summary>
    public string Value { get; }

    /// <summary>Takes an id of <c>[A-Za-z0-9]{1,40}</c>.</summary>
    public static bool TryParse(string? text, out DeliveryId? id)
    {
        id = text is not null && Allowed().IsMatch(text) ? new DeliveryId(text) : null;
        return id is not null;
    }

    /// <summary>Takes an id of <c>[A-Za-z0-9]{1,40}</c>.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static DeliveryId Parse(string text)
        => TryParse(text, out var id) ? id! : throw new FormatException($"'{text}' is no delivery id: 1 to 40 letters and digits.");

    /// <summary>The id.</summary>
    public override string ToString() => Value;

    [GeneratedRegex(@"\A[A-Za-z0-9]{1,40}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Allowed();
}

/// <summary>What may stand in a name that tmux expands or matches.</summary>
internal static partial class AllowedNames
{
    public static string Name(string name) => ShortName().IsMatch(name) ? name : throw new ArgumentException($"'{name}' is no name: 1 to 40 of a-z, 0-9 and -.", nameof(name));

    public static string Mark(string value)
        => MarkValue().IsMatch(value) ? value : throw new ArgumentException($"'{value}' is no mark: 1 to 128 of letters, digits and . _ / : -", nameof(value));

    public static string Option(string name)
        => OptionName().IsMatch(name) ? name : throw new ArgumentException($"'{name}' is no name of a mark: @ and 1 to 40 of a-z, 0-9, - and _.", nameof(name));

    public static string Program(string name)
        => ProgramName().IsMatch(name) ? name : throw new ArgumentException($"'{name}' cannot be compared with a running program: letters, digits, blanks and . _ + - only.", nameof(name));

    public static string Variable(string name)
        => VariableName().IsMatch(name) ? name : throw new ArgumentException($"'{name}' is no name of an environment variable.", nameof(name));

    [GeneratedRegex(@"\A[a-z0-9-]{1,40}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex ShortName();

    [GeneratedRegex(@"\A[A-Za-z0-9._/:-]{1,128}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex MarkValue();

    [GeneratedRegex(@"\A@[a-z][a-z0-9_-]{0,39}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex OptionName();

    [GeneratedRegex(@"\A[A-Za-z0-9._+ -]{1,64}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex ProgramName();

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]*\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex VariableName();
}
