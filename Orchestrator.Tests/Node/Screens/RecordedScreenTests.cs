using System.Globalization;
using System.Text;
using Orchestrator.Node.Screens;
using Orchestrator.Tests.Support;
using Shipped = Orchestrator.Tests.Node.Profiles.Profiles;

namespace Orchestrator.Tests.Node.Screens;

/// <summary>Screens of the real programs, recorded: each is read as what the program was doing.</summary>
public sealed class RecordedScreenTests
{
    public static TheoryData<string, string> Screens => RecordedScreen.All(RecordedScreen.Recorded);

    [Theory]
    [MemberData(nameof(Screens))]
    public void A_recorded_screen_is_read_as_what_the_program_was_doing(string program, string name)
    {
        var screen = RecordedScreen.Named(program, name);
        foreach (var (form, snapshot) in new[] { ("plain", screen.Plain), ("with colours", screen.Styled) })
        {
            var reading = Shipped.All[program].Read(snapshot);
            Assert.True(
                screen.TrueActivity == reading.Activity.Name(),
                $"{name}, {form}, is read as {reading.Activity.Name()} by {reading.Rule} ({reading.Evidence}); composer {reading.Composer}");
            Assert.Empty(reading.Doubts);
        }
    }

    [Fact]
    public void The_published_table_is_counted_from_the_screens()
    {
        var published = File.ReadAllText(Path.Combine(Repository.Root, "docs", "agents.md"));

        Assert.Contains(Table(), published, StringComparison.Ordinal);
    }

    private static string Table()
    {
        (string Name, string Program)[] programs = [("Qwen Code 0.24.4", "qwen"), ("Claude Code 2.1.330", "claude"), ("Codex 0.169.0", "codex"), ("Gemini CLI 0.61.0", "gemini"), ("OpenCode 1.18.33", "opencode")];
        var activities = Enum.GetValues<ScreenActivity>();
        var table = new StringBuilder();
        table.Append(CultureInfo.InvariantCulture, $"| | {string.Join(" | ", activities.Select(static activity => $"`{activity.Name()}`"))} | screens | read right |\n");
        table.Append(CultureInfo.InvariantCulture, $"|{string.Concat(Enumerable.Repeat(" --- |", activities.Length + 3))}\n");
        foreach (var (name, program) in programs)
        {
            var screens = RecordedScreen.Of(program).ToList();
            var right = screens.Count(screen => Shipped.All[program].Read(screen.Styled).Activity.Name() == screen.TrueActivity);
            table.Append(CultureInfo.InvariantCulture, $"| {name} | {string.Join(" | ", activities.Select(activity => screens.Count(screen => screen.TrueActivity == activity.Name())))} | {screens.Count} | {right} |\n");
        }

        return table.ToString();
    }
}
