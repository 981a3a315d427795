using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Orchestrator.Cli.Invocation;

/// <summary>Durations on the command line: <c>500ms</c>, <c>60s</c>, <c>10m</c>, <c>2h</c>, <c>1d</c>; a number alone means seconds.</summary>
internal static class Durations
{
    private static readonly (string Unit, TimeSpan Length)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)), ("s", TimeSpan.FromSeconds(1)), ("m", TimeSpan.FromMinutes(1)), ("h", TimeSpan.FromHours(1)), ("d", TimeSpan.FromDays(1)),
    ];

    /// <summary>An option that takes a duration.</summary>
    public static Option<TimeSpan?> Option(string name, string description)
        => new(name) { Description = description, HelpName = "DURATION", CustomParser = Read };

    /// <summary>Reads a duration of more than 0 and at most 365 days.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var (digits, unit) = (text, TimeSpan.FromSeconds(1));
        foreach (var (name, length) in Units)
        {
            if (text.EndsWith(name, StringComparison.Ordinal))
            {
                (digits, unit) = (text[..^name.Length], length);
                break;
            }
        }

        if (!double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number <= 0 || number > TimeSpan.FromDays(365) / unit)
        {
            return false;
        }

        duration = number * unit;
        return duration > TimeSpan.Zero;
    }

    /// <summary>How long ago something was, in one short word.</summary>
    public static string Ago(DateTimeOffset then, DateTimeOffset now) => Short(now - then);

    /// <summary>A duration in one short word, rounded down.</summary>
    public static string Short(TimeSpan duration) => duration switch
    {
        { Ticks: < 0 } => "0s",
        { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)duration.TotalSeconds}s"),
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)duration.TotalMinutes}m"),
        { TotalDays: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)duration.TotalHours}h{duration.Minutes:00}m"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)duration.TotalDays}d{duration.Hours:00}h"),
    };

    private static TimeSpan? Read(ArgumentResult result)
    {
        if (TryParse(result.Tokens[0].Value, out var duration))
        {
            return duration;
        }

        result.AddError($"'{result.Tokens[0].Value}' is not a duration: write 500ms, 60s, 10m, 2h or 1d");
        return null;
    }
}
