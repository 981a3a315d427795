using System.Globalization;
using Orchestrator.Actors.Agents;
using Orchestrator.Node.Screens;
using Shipped = Orchestrator.Tests.Node.Profiles.Profiles;

namespace Orchestrator.Tests.Node.Screens;

/// <summary>The dialogs of real programs, read as data from their recorded screens.</summary>
public sealed class DialogReaderTests
{
    [Theory]
    [InlineData("qwen", "awaiting_approval__qwen-39-shell-dialog")]
    [InlineData("qwen", "awaiting_approval__qwen-40-shell-dialog-again")]
    [InlineData("qwen", "awaiting_approval__qwen-42-edit-dialog")]
    [InlineData("qwen", "awaiting_answer__qwen-43-question-dialog")]
    public void Dump(string program, string name)
    {
        var screen = RecordedScreen.Of(program).Single(screen => screen.Name == name);
        var profile = Shipped.Qwen;
        var read = profile.ReadDialog(screen.Styled, profile.Read(screen.Styled))!;
        Assert.Fail($"{read.Dialog.Kind} | {read.Dialog.Question} | {read.Dialog.Subject} | {read.Dialog.OptionsInWords()} | {read.Selected} | {string.Join(",", read.Programs)} | {string.Join(" / ", read.Rows)} | {string.Join(" / ", read.OptionRows)}");
    }
}
