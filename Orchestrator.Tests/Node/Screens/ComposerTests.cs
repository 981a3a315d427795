using Orchestrator.Node.Profiles;
using Orchestrator.Node.Screens;
using Shipped = Orchestrator.Tests.Node.Profiles.Profiles;

namespace Orchestrator.Tests.Node.Screens;

/// <summary>What the input of a program holds: looked at before a message is typed, before it is submitted, and after.</summary>
public sealed class ComposerTests
{
    private const string Border = "────────────────────────────────────────────────────────────";

    [Fact]
    public void The_empty_input_with_its_placeholder_is_free()
        => Assert.Equal(ComposerState.Empty, Qwen(2, ">   Type your message or @path/to/file").State);

    [Fact]
    public void A_draft_that_reads_like_the_placeholder_is_a_draft_because_the_cursor_stands_behind_it()
        => Assert.Equal(ComposerState.Text, Qwen(36, "> Type your message or @path/to/file").State);

    [Fact]
    public void The_rows_of_a_draft_are_read_without_prompt_and_indentation()
        => Assert.Equal("one\n  two\nthree", Qwen(8, "> one", "    two", "  three \u200b").Text);

    [Fact]
    public void A_message_is_recognised_however_its_rows_were_wrapped()
    {
        var composer = Qwen(20, "> [message abc from dev]", "  a long line that the pro", "  gram has wrapped");

        Assert.True(composer.Holds("[message abc from dev]\na long line that the program has wrapped"));
        Assert.False(composer.Holds("[message abd from dev]\na long line that the program has wrapped"));
        Assert.False(composer.Holds("[message abc from dev]\na long line that the program has wrapped, and more"));
    }

    [Fact]
    public void Of_a_message_longer_than_the_input_its_end_is_enough()
        => Assert.True(Qwen(20, "> the last rows of it", "  [end of message abc]").Holds("[message abc from dev]\n1\n2\n3\nthe last rows of it\n[end of message abc]"));

    [Fact]
    public void A_message_behind_a_persons_draft_is_not_the_message_alone()
        => Assert.False(Qwen(20, "> a draft[message abc from dev]", "  text").Holds("[message abc from dev]\ntext"));

    [Fact]
    public void A_paste_shown_by_its_size_is_recognised_by_it_and_an_emoji_is_one_character()
    {
        var composer = Qwen(20, "> [Pasted Content 12 chars]");

        Assert.Equal(ComposerState.Paste, composer.State);
        Assert.Equal(12, composer.PastedCharacters);
        Assert.True(composer.Holds("12 letters🎉!"));
        Assert.False(composer.Holds("13 letters🎉!!"));
        Assert.False(Qwen(20, "> [Pasted Content 12 chars]more").Holds("12 letters🎉!"));
        Assert.True(Qwen(20, "> [Pasted Content 12 chars] #2").Holds("12 letters🎉!"));
    }

    [Fact]
    public void A_grey_proposal_is_nobodys_draft_but_without_colours_nobody_can_tell()
    {
        const string Drawn = "\e[38;5;183m> \e[39m\e[48;5;252mr\e[38;5;103m\e[49mun the tests";

        Assert.Equal(ComposerState.Suggestion, Qwen(2, Drawn).State);
        Assert.Equal(ComposerState.Text, Qwen(2, "> run the tests").State);
        Assert.Equal(ComposerState.Text, Qwen(2, "\e[38;5;183m> \e[39m\e[48;5;252mr\e[39m\e[49mun the tests").State);
    }

    [Fact]
    public void A_special_mode_of_the_input_is_no_free_input()
        => Assert.True(Qwen(2, "!   Type your message or @path/to/file").IsOccupied);

    [Fact]
    public void Without_its_borders_there_is_no_input()
    {
        var pane = new PaneFacts { CurrentCommand = "node" };

        Assert.Equal(ComposerState.Absent, Shipped.Qwen.Read(ScreenSnapshot.FromCapture($"{Border}\n> quoted\nmore\n", pane)).Composer.State);
        Assert.Equal(ComposerState.Absent, Shipped.Qwen.Read(ScreenSnapshot.FromCapture($"> quoted\n{Border}\n", pane)).Composer.State);
    }

    private static ComposerReading Qwen(int cursorX, params string[] rows)
    {
        var pane = new PaneFacts { CurrentCommand = "node", Title = "Qwen - x", CursorX = cursorX, CursorY = rows.Length + 1 };
        AgentProfile profile = Shipped.Qwen;
        return profile.Read(ScreenSnapshot.FromCapture($"  ◆ an answer\n\e[0m{Border}\n{string.Join('\n', rows)}\n\e[0m{Border}\n  ➜ x · y\n".Replace(rows.Any(row => row.Contains('\e')) ? "\0" : "\e[0m", "", StringComparison.Ordinal), pane)).Composer;
    }
}
