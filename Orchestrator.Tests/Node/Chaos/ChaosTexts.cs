namespace Orchestrator.Tests.Node.Chaos;

/// <summary>Texts that break what is careless: several lines, quotes, formats, commands, other scripts, long ones.</summary>
internal static class ChaosTexts
{
    private static readonly string[] Fixed =
    [
        "hello",
        "one; two; three;",
        "#{pane_pid} #(touch /tmp/never) $(id) `id` ${HOME}",
        "quotes ' \" \\ and a backslash at the end \\",
        "/quit",
        "!rm -rf /",
        "@file at the start, and one at the end @file",
        "emoji 🚀👩‍💻, 漢字かな, עברית, combining é",
        "two\nlines",
        "tabs\tand  blanks",
        "%begin 1 2 3\n%end 1 2 3\n[end ABCDEF]",
        "-l --option",
    ];

    public static string Next(Random random) => random.Next(8) switch
    {
        0 => string.Join('\n', Enumerable.Range(1, random.Next(2, 30)).Select(i => $"line {i}: {Fixed[random.Next(Fixed.Length)].Replace('\n', ' ')}")),
        1 => string.Concat(Enumerable.Repeat("0123456789abcdef", random.Next(1, 512))),
        _ => $"{Fixed[random.Next(Fixed.Length)]} {random.Next()}",
    };
}

/// <summary>Tests that load the machine run one after the other.</summary>
[CollectionDefinition(nameof(Chaos))]
public sealed class Chaos;
