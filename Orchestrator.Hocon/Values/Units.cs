using System.Globalization;
using Orchestrator.Hocon.Syntax;

namespace Orchestrator.Hocon;

/// <summary>The specification's units: a number, and a unit made of letters, with whitespace around both. Null where a text is something else or the result does not fit.</summary>
internal static class Units
{
    private const decimal TicksPerNanosecond = 0.01m;

    private static readonly string[] Thousands = ["kilo", "mega", "giga", "tera", "peta", "exa", "zetta", "yotta"];
    private static readonly string[] Powers = ["kibi", "mebi", "gibi", "tebi", "pebi", "exbi", "zebi", "yobi"];

    /// <summary>Rounded to the nearest 100 ns.</summary>
    public static TimeSpan? Duration(string text) => Split(text) is { } part && TicksOf(part.Unit) is { } ticks
        && Times(part.Number, ticks) is { } total and >= long.MinValue and <= long.MaxValue
            ? TimeSpan.FromTicks((long)decimal.Round(total))
            : null;

    /// <summary>Whole units only.</summary>
    public static HoconPeriod? Period(string text)
    {
        if (Split(text) is not { } part || !decimal.IsInteger(part.Number) || part.Number is < -1_000_000 or > 1_000_000)
        {
            return null;
        }

        var number = (int)part.Number;
        return part.Unit switch
        {
            "" or "d" or "day" or "days" => new HoconPeriod(0, 0, number),
            "w" or "week" or "weeks" => new HoconPeriod(0, 0, number * 7),
            "m" or "mo" or "month" or "months" => new HoconPeriod(0, number, 0),
            "y" or "year" or "years" => new HoconPeriod(number, 0, 0),
            _ => null,
        };
    }

    /// <summary>Not negative; a fraction of a byte is cut off.</summary>
    public static long? Bytes(string text) => Split(text) is { } part && BytesOf(part.Unit) is { } bytes
        && Times(part.Number, bytes) is { } total and >= 0 and <= long.MaxValue
            ? (long)total
            : null;

    private static (decimal Number, string Unit)? Split(string text)
    {
        var trimmed = Trim(text);
        var length = Numbers.PrefixLength(trimmed);
        var unit = Trim(trimmed[length..]);
        foreach (var c in unit)
        {
            if (!char.IsLetter(c))
            {
                return null;
            }
        }

        return length > 0 && decimal.TryParse(trimmed[..length], NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? (number, unit.ToString())
            : null;
    }

    private static ReadOnlySpan<char> Trim(ReadOnlySpan<char> text)
    {
        while (text.Length > 0 && (Scanner.IsBlank(text[0]) || text[0] == '\n'))
        {
            text = text[1..];
        }

        while (text.Length > 0 && (Scanner.IsBlank(text[^1]) || text[^1] == '\n'))
        {
            text = text[..^1];
        }

        return text;
    }

    private static decimal? Times(decimal number, decimal unit)
    {
        try
        {
            return number * unit;
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private static decimal? TicksOf(string unit) => unit switch
    {
        "ns" or "nano" or "nanos" or "nanosecond" or "nanoseconds" => TicksPerNanosecond,
        "us" or "micro" or "micros" or "microsecond" or "microseconds" => TimeSpan.TicksPerMicrosecond,
        "" or "ms" or "milli" or "millis" or "millisecond" or "milliseconds" => TimeSpan.TicksPerMillisecond,
        "s" or "second" or "seconds" => TimeSpan.TicksPerSecond,
        "m" or "minute" or "minutes" => TimeSpan.TicksPerMinute,
        "h" or "hour" or "hours" => TimeSpan.TicksPerHour,
        "d" or "day" or "days" => TimeSpan.TicksPerDay,
        _ => null,
    };

    private static decimal? BytesOf(string unit)
    {
        if (unit is "" or "B" or "b" or "byte" or "bytes")
        {
            return 1;
        }

        decimal thousand = 1;
        decimal power = 1;
        for (var i = 0; i < Thousands.Length; i++)
        {
            thousand *= 1000;
            power *= 1024;
            var letter = "KMGTPEZY"[i];
            if (IsNamed(unit, Thousands[i]) || string.Equals(unit, i == 0 ? "kB" : $"{letter}B", StringComparison.Ordinal))
            {
                return thousand;
            }

            if (IsNamed(unit, Powers[i]) || (unit.Length > 0 && (unit[0] == letter || (unit.Length == 1 && unit[0] == char.ToLowerInvariant(letter))) && unit[1..] is "" or "i" or "iB"))
            {
                return power;
            }
        }

        return null;
    }

    private static bool IsNamed(string unit, string prefix) =>
        string.Equals(unit, prefix + "byte", StringComparison.Ordinal) || string.Equals(unit, prefix + "bytes", StringComparison.Ordinal);
}
