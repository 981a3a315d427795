using System.Globalization;

namespace Orchestrator.Benchmarks.Runtime;

/// <summary>Rows of figures as Markdown.</summary>
internal static class Table
{
    public static void Header(string title) => Console.WriteLine($"\n### {title}\n\n| what | here | reference |\n| --- | --- | --- |");

    public static void Row(string what, string figure, string reference = "") => Console.WriteLine($"| {what} | {figure} | {reference} |");

    public static string PerSecond(double value, string unit) => value >= 1_000_000
        ? string.Create(CultureInfo.InvariantCulture, $"{value / 1_000_000:0.0} M {unit}/s")
        : string.Create(CultureInfo.InvariantCulture, $"{value:#,0} {unit}/s");
}
