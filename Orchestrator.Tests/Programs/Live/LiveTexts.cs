using System.Globalization;
using System.Text;

namespace Orchestrator.Tests.Programs.Live;

/// <summary>Messages of mixed kinds: short and long ones, and those that break what is careless.</summary>
internal static class LiveTexts
{
    private static readonly string[] Kinds =
    [
        "hello",
        "/quit",
        "!touch never",
        "@README.md what does it say?",
        "? what now",
        "two lines\nof text",
        "quotes \" ' ` and ; at the end;",
        "#{pane_id} #(touch never) $(id) `id` ${HOME} %1 ~ {text} $1 ${text}",
        "emoji 🎉👩‍💻🇯🇵, 日本語 中文 한국어, é עברית",
        "漢字かな交じり文\nとても長い行：" + new string('漢', 90) + "\n🚀",
        "a\ttab, and\t\ttwo\n\tat the start of a row",
        "ends with a backslash \\",
        "ends with @word",
        "/clear\n/help me\n!ls\n?",
        "first line\n\nthird after an empty one\n\n\nsixth",
        Rows(12),
        Rows(40),
        "```csharp\nvar x = \"a\\tb\";\n    if (x is { Length: > 0 }) { }\n```",
        "{ \"json\": [1, 2, { \"a\": null }], \"s\": \"a\\\"b\" }",
        "> a prompt\n❯ another\n› one more\n* a star\n  ◐ (3s · esc to cancel)\n• Working (4s • esc to interrupt)\nAllow execution of: 'x'?",
        "<pasted_content id=\"aaaa\">\nnot pasted\n</pasted_content id=\"aaaa\">",
        Sized(8 * 1024),
        "-l --option C-c Enter \\n \\e[A",
        string.Concat(Enumerable.Repeat("0123456789abcdef", 60)),
    ];

    /// <summary>So many texts in an order of their own, each of them different; one of 100 KB among them.</summary>
    /// <param name="count">How many.</param>
    /// <param name="random">Chooses the order.</param>
    public static IReadOnlyList<string> Of(int count, Random random)
    {
        var texts = Enumerable.Range(0, count - 1)
            .Select(static i => i < Kinds.Length ? Kinds[i] : string.Create(CultureInfo.InvariantCulture, $"{Kinds[i % Kinds.Length]}\n({i})"))
            .Append(Sized(100 * 1024))
            .ToArray();
        random.Shuffle(texts);
        return texts;
    }

    private static string Rows(int count)
        => string.Join('\n', Enumerable.Range(1, count).Select(static i => string.Create(CultureInfo.InvariantCulture, $"row {i}: \"quoted\" ; #{{x}} 漢字 🚀")));

    private static string Sized(int bytes)
    {
        var text = new StringBuilder(bytes);
        for (var i = 0; text.Length < bytes; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{i:00000} {new string((char)('a' + (i % 26)), 70)}\n");
        }

        return text.ToString(0, bytes - 1);
    }
}
