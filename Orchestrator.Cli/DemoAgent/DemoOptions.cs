using System.Globalization;

namespace Orchestrator.Cli.DemoAgent;

/// <summary>How a demo agent is to behave.</summary>
/// <param name="Transcript">The file that every submitted text is recorded in, if any.</param>
/// <param name="Work">How long it works on a short text.</param>
internal sealed record DemoOptions(string? Transcript, TimeSpan Work)
{
    public const string Usage = "usage: orc demo-agent [--transcript FILE] [--work SECONDS]";

    /// <summary>Reads the words after <c>demo-agent</c>; null if they make no sense.</summary>
    public static DemoOptions? Parse(ReadOnlySpan<string> words)
    {
        var options = new DemoOptions(Transcript: null, TimeSpan.FromSeconds(1.5));
        for (var i = 0; i < words.Length; i += 2)
        {
            if (i + 1 == words.Length)
            {
                return null;
            }

            switch (words[i])
            {
                case "--transcript":
                    options = options with { Transcript = words[i + 1] };
                    break;
                case "--work" when double.TryParse(words[i + 1].TrimEnd('s'), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and <= 86_400:
                    options = options with { Work = TimeSpan.FromSeconds(seconds) };
                    break;
                default:
                    return null;
            }
        }

        return options;
    }
}
