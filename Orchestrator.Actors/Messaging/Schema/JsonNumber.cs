using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Orchestrator.Actors.Messaging.Schema;

/// <summary>A number of JSON, exactly: <see cref="Digits"/> times ten to the power of <see cref="Exponent"/>, without zeros at the end.</summary>
internal readonly record struct JsonNumber(BigInteger Digits, int Exponent)
{
    // Beyond this no number is told from its neighbours: nobody means it, and its digits would fill the memory.
    private const int LargestExponent = 2000;
    private const int MostDigits = 2000;

    public bool IsInteger => Exponent >= 0;

    /// <summary>The number; null if it has more digits or a larger exponent than anybody needs.</summary>
    public static JsonNumber? Of(JsonElement number)
    {
        var text = number.GetRawText();
        var e = text.AsSpan().IndexOfAny('e', 'E');
        var exponent = 0;
        if (e >= 0 && !int.TryParse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
        {
            return null;
        }

        var plain = e >= 0 ? text[..e] : text;
        var point = plain.IndexOf('.', StringComparison.Ordinal);
        var digits = point >= 0 ? plain.Remove(point, 1) : plain;
        if (digits.Length > MostDigits || Math.Abs((long)exponent) > LargestExponent)
        {
            return null;
        }

        return Normal(BigInteger.Parse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture), exponent - (point >= 0 ? plain.Length - point - 1 : 0));
    }

    /// <summary>Below 0 if it is less than <paramref name="other"/>, 0 if equal, above 0 if more.</summary>
    public int Against(JsonNumber other)
    {
        var (mine, theirs) = Aligned(this, other);
        return mine.CompareTo(theirs);
    }

    /// <summary>Whether it is a whole number of times <paramref name="unit"/>, which is more than zero.</summary>
    public bool IsMultipleOf(JsonNumber unit)
    {
        var (mine, theirs) = Aligned(this, unit);
        return BigInteger.Remainder(mine, theirs).IsZero;
    }

    public override string ToString() => Exponent == 0 ? Digits.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{Digits}e{Exponent}");

    private static (BigInteger A, BigInteger B) Aligned(JsonNumber a, JsonNumber b)
    {
        var least = Math.Min(a.Exponent, b.Exponent);
        return (a.Digits * BigInteger.Pow(10, a.Exponent - least), b.Digits * BigInteger.Pow(10, b.Exponent - least));
    }

    private static JsonNumber Normal(BigInteger digits, int exponent)
    {
        if (digits.IsZero)
        {
            return new JsonNumber(digits, 0);
        }

        for (var (rest, zero) = Tenth(digits); zero; (rest, zero) = Tenth(digits))
        {
            digits = rest;
            exponent++;
        }

        return new JsonNumber(digits, exponent);
    }

    private static (BigInteger Quotient, bool Zero) Tenth(BigInteger digits)
    {
        var rest = BigInteger.DivRem(digits, 10, out var digit);
        return (rest, digit.IsZero);
    }
}
