using Orchestrator.Node.Screens;
using Shipped = Orchestrator.Tests.Node.Profiles.Profiles;

namespace Orchestrator.Tests.Node.Screens;

/// <summary>Screens of the real Qwen Code, recorded; and what is done to them that no rule may be misled by.</summary>
public sealed class QwenScreenTests
{
    public static TheoryData<string> Screens => [.. RecordedScreen.Of("qwen").Select(screen => screen.Name)];

    [Theory]
    [MemberData(nameof(Screens))]
    public void A_recorded_screen_is_read_as_what_the_program_was_doing(string name)
    {
        var screen = Screen(name);

        foreach (var snapshot in new[] { screen.Plain, screen.Styled })
        {
            var reading = Shipped.Qwen.Read(snapshot);
            Assert.True(screen.TrueActivity == reading.Activity.Name(), $"{name} is read as {reading.Activity.Name()} by {reading.Rule} ({reading.Evidence}); composer {reading.Composer}");
            Assert.Empty(reading.Doubts);
        }
    }

    private static RecordedScreen Screen(string name) => RecordedScreen.Of("qwen").Single(screen => screen.Name == name);
}
