using System.Globalization;
using Orchestrator.Actors.Agents;
using Orchestrator.Node.Screens;
using Shipped = Orchestrator.Tests.Node.Profiles.Profiles;

namespace Orchestrator.Tests.Node.Screens;

/// <summary>The dialogs of real programs, read as data from their recorded screens.</summary>
public sealed class DialogReaderTests
{
    [Theory]
    [InlineData("qwen")]
    [InlineData("claude")]
    [InlineData("codex")]
    [InlineData("gemini")]
    [InlineData("opencode")]
    public void Dump(string program)
    {
        var all = "";
        foreach (var screen in RecordedScreen.Of(program).Where(screen => screen.Name.StartsWith("awaiting")))
        {
            var profile = Shipped.All[program];
            var read = profile.ReadDialog(screen.Styled, profile.Read(screen.Styled))!;
            all += $"\n{screen.Name} {profile.Read(screen.Styled).Rule}: {read.Dialog.Kind} | {read.Dialog.Question} | {read.Dialog.Subject} | {read.Dialog.OptionsInWords()} | {read.Selected} | {string.Join(",", read.Programs)} | {string.Join(" / ", read.Rows)} | {string.Join(" / ", read.OptionRows)}";
        }
        Assert.Fail(all);
    }
}
