using System.Globalization;
using Orchestrator.Hocon.Syntax;

namespace Orchestrator.Hocon;

/// <summary>How a value is read as a type: what is expected in words, and the conversion, which answers null where the value is something else.</summary>
internal sealed record Reading<T>(string Expected, Func<HoconValue, Read<T>?> Convert);

/// <summary>A value that was read.</summary>
internal readonly record struct Read<T>(T Value);

/// <summary>The automatic conversions of the specification: never from null, never from or to objects and arrays, except an object with indices as an array.</summary>
internal static class Readings
{
    public static readonly Reading<string> String = new(
        "a string",
        value => value is HoconScalar { Kind: not HoconKind.Null } scalar ? new Read<string>(scalar.Text) : null);

    public static readonly Reading<int> Int = new(
        $"a whole number from {int.MinValue} to {int.MaxValue}",
        value => Whole(value) is { } number and >= int.MinValue and <= int.MaxValue ? new Read<int>((int)number) : null);

    public static readonly Reading<long> Long = new(
        $"a whole number from {long.MinValue} to {long.MaxValue}",
        value => Whole(value) is { } number and >= long.MinValue and <= long.MaxValue ? new Read<long>((long)number) : null);

    public static readonly Reading<double> Double = new(
        "a number",
        value => Number(value) is { } text && double.Parse(text, CultureInfo.InvariantCulture) is var number && double.IsFinite(number) ? new Read<double>(number) : null);

    public static readonly Reading<bool> Boolean = new(
        "true, false, yes, no, on or off",
        value => value is not HoconScalar { Kind: HoconKind.Boolean or HoconKind.String } scalar ? null : scalar.Text switch
        {
            "true" or "yes" or "on" => new Read<bool>(true),
            "false" or "no" or "off" => new Read<bool>(false),
            _ => null,
        });

    public static readonly Reading<TimeSpan> Duration = new(
        "a duration such as 500 ms, 10s, 5 minutes or 1d (units ns, us, ms, s, m, h, d; a bare number is milliseconds)",
        value => Text(value) is { } text && Units.Duration(text) is { } duration ? new Read<TimeSpan>(duration) : null);

    public static readonly Reading<HoconPeriod> Period = new(
        "a period such as 3 days, 2w, 6 months or 1y (units d, w, m, mo, y; a bare number is days)",
        value => Text(value) is { } text && Units.Period(text) is { } period ? new Read<HoconPeriod>(period) : null);

    public static readonly Reading<long> Bytes = new(
        "a size such as 512K, 10 MiB or 1GB (K, KiB and the like are powers of 1024; kB, MB and the like of 1000; a bare number is bytes)",
        value => Text(value) is { } text && Units.Bytes(text) is { } bytes ? new Read<long>(bytes) : null);

    public static readonly Reading<HoconArray> Array = new(
        "an array",
        value => (value as HoconArray ?? (value as HoconObject)?.AsArray()) is { } array ? new Read<HoconArray>(array) : null);

    public static readonly Reading<HoconObject> Object = new(
        "an object",
        value => value is HoconObject o ? new Read<HoconObject>(o) : null);

    private static string? Text(HoconValue value) =>
        value is HoconScalar { Kind: HoconKind.String or HoconKind.Number } scalar ? scalar.Text : null;

    private static string? Number(HoconValue value) => Text(value) is { } text && Numbers.IsNumber(text) ? text : null;

    private static decimal? Whole(HoconValue value) =>
        Number(value) is { } text
        && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && decimal.IsInteger(number)
            ? number
            : null;
}
