using System.Globalization;

namespace Orchestrator.Cli.DemoAgent;

/// <summary>What a text makes the demo agent do.</summary>
/// <param name="Work">How long it works.</param>
/// <param name="Asks">It asks for permission first.</param>
/// <param name="Fails">The turn ends in an error.</param>
/// <param name="ExitCode">It ends with this code, once it has worked.</param>
internal sealed record DemoTurn(TimeSpan Work, bool Asks, bool Fails, int? ExitCode)
{
    public const int CrashCode = 3;

    private static readonly TimeSpan PerThousandCharacters = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestScaled = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestSaid = TimeSpan.FromDays(1);

    /// <summary>Reads a text: the words <c>work 5s</c>, <c>ask</c> and <c>fail</c> anywhere in it; <c>quit</c> and <c>crash</c> as its first word.</summary>
    public static DemoTurn For(string body, TimeSpan work)
    {
        var words = body.Split([' ', '\n', '\t', ',', ';', ':', '!', '?', '"'], StringSplitOptions.RemoveEmptyEntries);
        int? exit = words.FirstOrDefault() switch
        {
            "quit" => 0,
            "crash" => CrashCode,
            _ => null,
        };
        return new DemoTurn(Said(words) ?? (exit is null ? Scaled(body, work) : TimeSpan.Zero), Has(words, "ask"), Has(words, "fail"), exit);
    }

    private static bool Has(string[] words, string word) => words.Any(w => string.Equals(w.TrimEnd('.'), word, StringComparison.Ordinal));

    private static TimeSpan Scaled(string body, TimeSpan work)
        => work + TimeSpan.FromTicks(Math.Min((PerThousandCharacters * (body.Length / 1000)).Ticks, LongestScaled.Ticks));

    private static TimeSpan? Said(string[] words)
    {
        var at = Array.IndexOf(words, "work");
        return at >= 0 && at + 1 < words.Length ? Duration(words[at + 1].TrimEnd('.')) : null;
    }

    private static TimeSpan? Duration(string text)
    {
        var (digits, unit) = text switch
        {
            _ when text.EndsWith("ms", StringComparison.Ordinal) => (text[..^2], TimeSpan.FromMilliseconds(1)),
            _ when text.EndsWith('s') => (text[..^1], TimeSpan.FromSeconds(1)),
            _ when text.EndsWith('m') => (text[..^1], TimeSpan.FromMinutes(1)),
            _ => (text, TimeSpan.FromSeconds(1)),
        };
        return double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number <= LongestSaid / unit ? number * unit : null;
    }
}
