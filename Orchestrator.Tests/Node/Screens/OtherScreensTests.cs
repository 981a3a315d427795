using System.Text.RegularExpressions;
using Orchestrator.Node.Screens;
using Shipped = Orchestrator.Tests.Node.Profiles.Profiles;

namespace Orchestrator.Tests.Node.Screens;

/// <summary>Screens that were not recorded: recorded ones with other words, numbers and facts, and moments written by hand after the texts of the programs.</summary>
public sealed partial class OtherScreensTests
{
    public static TheoryData<string, string> Recorded => RecordedScreen.All(RecordedScreen.Recorded);

    public static TheoryData<string, string> ByHand => RecordedScreen.All(RecordedScreen.ByHand);

    [Theory]
    [MemberData(nameof(Recorded))]
    public void No_rule_reads_the_words_the_numbers_or_the_folders_of_the_recording(string program, string name)
    {
        var screen = RecordedScreen.Named(program, name);
        foreach (var snapshot in new[] { screen.Plain, screen.Styled })
        {
            var other = snapshot with { Lines = [.. snapshot.Lines.Select(OtherWords)], Pane = snapshot.Pane with { Title = Folders().Replace(snapshot.Pane.Title, "dir") } };
            var reading = Shipped.All[program].Read(other);
            Assert.True(screen.TrueActivity == reading.Activity.Name(), $"{name} is read as {reading.Activity.Name()} by {reading.Rule} ({reading.Evidence})");
        }
    }

    [Theory]
    [MemberData(nameof(Recorded))]
    public void Whatever_an_old_frame_shows_a_shell_in_the_foreground_is_the_end_and_copy_mode_is_copy_mode(string program, string name)
    {
        var snapshot = RecordedScreen.Named(program, name).Styled;
        var profile = Shipped.All[program];

        Assert.Equal(ScreenActivity.Exited, profile.Read(snapshot with { Pane = snapshot.Pane with { CurrentCommand = "zsh", InMode = false } }).Activity);
        Assert.Equal(ScreenActivity.CopyMode, profile.Read(snapshot with { Pane = snapshot.Pane with { InMode = true } }).Activity);
        Assert.Equal(ScreenActivity.Exited, profile.Read(snapshot with { Pane = snapshot.Pane with { Dead = true } }).Activity);
    }

    [Theory]
    [InlineData("codex", "⠼ any")]
    [InlineData("gemini", "✦  Reading the parser (any)")]
    [InlineData("gemini", "⏲  Working… (any)")]
    [InlineData("claude", "⠐ Fix the parser")]
    [InlineData("qwen", "◑ Qwen - any")]
    public void While_the_title_says_working_nothing_on_the_screen_counts_as_idle(string program, string title)
    {
        foreach (var screen in RecordedScreen.Of(program).Where(static screen => screen.TrueActivity is "ready" or "unsubmitted_input" or "turn_failed"))
        {
            var snapshot = screen.Styled;
            Assert.Equal(ScreenActivity.Working, Shipped.All[program].Read(snapshot with { Pane = snapshot.Pane with { Title = title } }).Activity);
        }
    }

    [Theory]
    [InlineData("claude", "The API said 429 and that the usage limit was reached")]
    [InlineData("claude", "Do you want to proceed?")]
    [InlineData("claude", "API Error: 500 is what the log says")]
    [InlineData("claude", "press esc to interrupt")]
    [InlineData("codex", "Would you like to run the following command?")]
    [InlineData("codex", "Sign in with ChatGPT")]
    [InlineData("codex", "■ stream disconnected")]
    [InlineData("codex", "You've hit your usage limit")]
    [InlineData("gemini", "Allow execution of [Shell]?")]
    [InlineData("gemini", "Usage limit reached for all Pro models.")]
    [InlineData("gemini", "How would you like to authenticate")]
    [InlineData("opencode", "△ Permission required")]
    [InlineData("opencode", "esc interrupt")]
    public void What_an_answer_talks_about_is_not_what_the_program_does(string program, string said)
    {
        var ready = RecordedScreen.Of(program).Last(static screen => screen.TrueActivity == "ready" && screen.Plain.Lines.Any(static line => Answer().IsMatch(line)));
        var snapshot = ready.Styled;
        var row = snapshot.Lines.Select((line, index) => (line, index)).First(static at => Answer().IsMatch(at.line)).index;
        var indent = snapshot.Lines[row].TakeWhile(static character => character is ' ' or '•' or '●' or '✦').Count();
        var told = snapshot.Lines[row][..indent] + "and then " + said;

        var reading = Shipped.All[program].Read(snapshot with { Lines = snapshot.Lines.SetItem(row, told) });

        Assert.True(reading.Activity == ScreenActivity.Ready, $"{ready.Name} is read as {reading.Activity.Name()} by {reading.Rule} ({reading.Evidence})");
    }

    [Theory]
    [MemberData(nameof(ByHand))]
    public void A_moment_that_was_not_recorded_is_read_by_the_texts_of_the_program(string program, string name)
    {
        var screen = RecordedScreen.Named(program, name, RecordedScreen.ByHand);

        var reading = Shipped.All[program].Read(screen.Plain);

        Assert.True(screen.TrueActivity == reading.Activity.Name(), $"{name} is read as {reading.Activity.Name()} by {reading.Rule} ({reading.Evidence}); composer {reading.Composer}");
    }

    // Of the same length, so that the colours still belong to them.
    private static string OtherWords(string line)
    {
        var other = Scripted().Replace(line, static match => Scrambled(match.Value));
        other = Folders().Replace(other, static match => Scrambled(match.Value));
        return Durations().Replace(other, static match => string.Concat(match.Value.Select(static character => char.IsAsciiDigit(character) ? (char)('1' + ((character - '0' + 3) % 9)) : character)));
    }

    private static string Scrambled(string text) => string.Concat(text.Select(static (character, at) => char.IsAsciiLetter(character) ? (char)('a' + ((character + at) % 26)) : character));

    [GeneratedRegex(@"chunk\d\d|slow answer|STUB:\w+|[Ss]tub[-_ ]\w+|lorem ipsum|long answer|END-OF-\w+|The quick brown fox|tells a story|quick brown fox|partial answer|Tool result received|I will use a tool|seed line|line (?:one|two|three)|Something is wrong here|please \w+|queued msg|run (?:it|slowly|slow|shell)|and more|do edit|now ask|hang on|hello \w+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Scripted();

    [GeneratedRegex(@"(?<=projects/ws/)\w+|(?<=/home/a/)\w+|(?<=\()(?:gemini|shop|claude)(?=\))", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Folders();

    [GeneratedRegex(@"(?<=[ (])\d+(?=[smh] ?[·•)])|(?<=for )\d+(?=[smh])|(?<=cancel, )\d+(?=s)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Durations();

    [GeneratedRegex("chunk0[06]|The quick brown|stub-ok|Tool result received|Tool done", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Answer();
}
