using Orchestrator.Node.Screens;
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
}
