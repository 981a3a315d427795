namespace Orchestrator.Hocon.Syntax;

/// <summary>JSON's grammar of numbers.</summary>
internal static class Numbers
{
    /// <summary>Whether the whole text is a number as JSON writes it.</summary>
    public static bool IsNumber(ReadOnlySpan<char> text) => text.Length > 0 && PrefixLength(text) == text.Length;

    /// <summary>How many characters at the start of a text are a JSON number; 0 for none.</summary>
    public static int PrefixLength(ReadOnlySpan<char> text)
    {
        var sign = text.StartsWith("-") ? 1 : 0;
        var length = sign + Digits(text[sign..]);
        if (length == sign)
        {
            return 0;
        }

        if (text[sign] == '0')
        {
            length = sign + 1;
        }

        if (text[length..].StartsWith(".") && Digits(text[(length + 1)..]) is > 0 and var fraction)
        {
            length += 1 + fraction;
        }

        if (text.Length > length && text[length] is 'e' or 'E')
        {
            var mark = text.Length > length + 1 && text[length + 1] is '+' or '-' ? 2 : 1;
            var exponent = Digits(text[(length + mark)..]);
            length += exponent > 0 ? mark + exponent : 0;
        }

        return length;
    }

    private static int Digits(ReadOnlySpan<char> text)
    {
        var count = 0;
        while (count < text.Length && char.IsAsciiDigit(text[count]))
        {
            count++;
        }

        return count;
    }
}
