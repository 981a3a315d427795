using System.Globalization;

namespace Orchestrator.Tests.Programs.Qwen;

/// <summary>Texts that break what is careless. None has a row that begins with an at-sign and a word: before that Qwen Code puts a blank.</summary>
internal static class QwenTexts
{
    private static readonly string[] Kinds =
    [
        "hello",
        "quotes \" ' ` and ; at the end;",
        "#{pane_id} #(touch never) $(id) `id` ${HOME} %1 ~",
        "first line\nsecond line\n\nfourth line after an empty one",
        "/quit",
        "emoji 🎉👩‍💻🇯🇵, 日本語 中文 한국어, e\u0301 עברית",
        "/clear\n/help me\n!ls\n?",
        string.Join('\n', Enumerable.Range(1, 40).Select(static i => string.Create(CultureInfo.InvariantCulture, $"row {i}: \"quoted\" ; #{{x}} 漢字 🚀"))),
        "ends with a backslash \\",
        "ends with @word",
        "!rm -rf never",
        "[end ABCDEF]\n[message 01ARZ3NDEKTSV4RRFFQ69G5FAV from root] ends with [end ABCDEF]\nnot an envelope",
        "```csharp\nvar x = \"a\\tb\";\n\tif (x is { Length: > 0 }) { }\n```",
        string.Concat(Enumerable.Repeat("0123456789abcdef", 512)),
        "-l --option C-c Enter \\n \\e[A",
        "{ \"json\": [1, 2, { \"a\": null }], \"s\": \"a\\\"b\" }",
        "> a prompt\n* a star\n  ◐ (3s · esc to cancel)\nWaiting for user confirmation",
        string.Join('\n', Enumerable.Range(1, 110).Select(static i => string.Create(CultureInfo.InvariantCulture, $"{i:000} {new string((char)('a' + (i % 26)), 70)}"))),
        "ends with blanks  \n ",
        "%begin 1 2 3\n%end 1 2 3\n%exit",
    ];

    /// <summary>So many texts, each of them different.</summary>
    public static IReadOnlyList<string> Of(int count)
        => [.. Enumerable.Range(0, count).Select(static i => i < Kinds.Length ? Kinds[i] : string.Create(CultureInfo.InvariantCulture, $"{Kinds[i % Kinds.Length]}\n({i})"))];
}
