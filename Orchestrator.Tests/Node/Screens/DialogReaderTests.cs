using Orchestrator.Actors.Agents;
using Orchestrator.Node.Screens;
using Shipped = Orchestrator.Tests.Node.Profiles.Profiles;

namespace Orchestrator.Tests.Node.Screens;

/// <summary>The dialogs of real programs, read as data from their recorded screens.</summary>
public sealed class DialogReaderTests
{
    // Most limits are told without a dialog.
    private static readonly string[] LimitDialogs = ["rate_limited__gemini-27-usage-modal", "rate_limited__gemini-100-resets-at", "rate_limited__gemini-101-daily"];

    private const string Command = "echo stub-shell-ran > stub_shell_out.txt; date >> stub_shell_out.txt";

    public static TheoryData<string, string, string, string?, string[]> Screens => new()
    {
        { "qwen/awaiting_approval__qwen-39-shell-dialog", "shell", "Allow execution of: 'echo, date'?", Command, ["*Yes, allow once: allow_once", "Always allow run 'echo *' commands, run 'date' commands in this project: allow_always", "Always allow run 'echo *' commands, run 'date' commands for this user: allow_always", "No, suggest changes (esc): reject_and_say"] },
        { "qwen/awaiting_approval__qwen-40-shell-dialog-again", "shell", "Allow execution of: 'echo, date'?", Command, ["*Yes, allow once: allow_once", "Always allow run 'echo *' commands, run 'date' commands in this project: allow_always", "Always allow run 'echo *' commands, run 'date' commands for this user: allow_always", "No, suggest changes (esc): reject_and_say"] },
        { "qwen/awaiting_approval__qwen-42-edit-dialog", "edit", "Apply this change?", "seed.txt", ["*Yes, allow once: allow_once", "Yes, allow always: allow_always", "No, suggest changes (esc): reject_and_say"] },
        { "qwen/awaiting_answer__qwen-43-question-dialog", "question", "Colour Which colour do you want?", null, ["*Red a red one: answer", "Blue a blue one: answer", "Type something...: answer_in_words"] },
        { "claude/awaiting_approval__claude-28-shell-dialog", "shell", "Do you want to proceed?", Command, ["*Yes: allow_once", "Yes, and don't ask again for echo stub-shell-ran and date commands in /home/dev/projects/ws/claude: allow_always", "Yes, and switch to auto mode · auto mode handles these prompts for you: other", "No: reject"] },
        { "claude/awaiting_approval__claude-29-shell-loop-dialog", "shell", "Do you want to proceed?", "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do echo tick $i; sleep 1; done", ["*Yes: allow_once", "Yes, and switch to auto mode · auto mode handles these prompts for you: other", "No: reject"] },
        { "claude/awaiting_approval__claude-31-edit-dialog", "edit", "Do you want to make this edit to seed.txt?", "seed.txt", ["*Yes: allow_once", "Yes, and switch to accept edits (auto-approve file edits and common file commands) for this session (shift+tab): allow_always", "No: reject"] },
        { "claude/awaiting_answer__claude-32-question-dialog", "question", "Which colour do you want?", null, ["*Red a red one: answer", "Blue a blue one: answer", "Type something.: answer_in_words", "Chat about this: other"] },
        { "claude/awaiting_approval__claude-01-folder-safety", "trust-folder", "Is this a project you created or one you trust?", "/home/dev/projects/ws/claude", ["*No, exit: reject", "Yes, I trust this folder: allow_once"] },
        { "codex/awaiting_approval__codex-24-shell-dialog", "shell", "Would you like to run the following command?", Command, ["*Yes, proceed (y): allow_once", $"Yes, and don't ask again for commands that start with `{Command}` (p): allow_always", "No, and tell Codex what to do differently (esc): reject_and_say"] },
        { "gemini/awaiting_approval__gemini-01-folder-trust", "trust-folder", "Do you trust the files in this folder?", null, ["*Trust folder (gemini): allow_once", "Trust parent folder (ws): allow_always", "Don't trust: reject"] },
        { "gemini/awaiting_approval__gemini-18-shell-dialog", "shell", "Allow execution of [Shell]?", Command, ["*Allow once: allow_once", "Allow for this session: allow_always", "No, suggest changes (esc): reject_and_say"] },
        { "gemini/awaiting_approval__gemini-21-edit-dialog", "edit", "Apply this change?", "seed.txt", ["*Allow once: allow_once", "Allow for this session: allow_always", "Modify with external editor: other", "No, suggest changes (esc): reject_and_say"] },
        { "claude/awaiting_answer__claude-61-ask", "question", "Which one?", null, ["*A first: answer", "B second: answer", "Type something.: answer_in_words", "Chat about this: other"] },
        { "claude/awaiting_answer__claude-62-ask-other", "question", "Which one?", null, ["A first: answer", "B second: answer", "*Type something.: answer_in_words", "Chat about this: other"] },
        { "claude/awaiting_approval__claude-63-api-key", "api-key", "Do you want to use this API key?", null, ["Yes: allow_once", "*No (recommended): reject"] },
        { "claude/awaiting_approval__claude-64-apikey", "trust-folder", "Is this a project you created or one you trust?", "/home/a/web", ["*No, exit: reject", "Yes, I trust this folder: allow_once"] },
        { "claude/awaiting_approval__claude-65-fetch", "tool", "Do you want to allow Claude to fetch this content?", null, ["*Yes: allow_once", "Yes, and don't ask again for example.org: allow_always", "No, and tell Claude what to do differently (esc): reject_and_say"] },
        { "claude/awaiting_approval__claude-66-narrow-shell", "shell", "Do you want to proceed?", "touch a-file && ls -la", ["*Yes: allow_once", "Yes, and always allow access to /home/a/web from this project: allow_always", "Yes, and switch to auto mode · auto mode handles these prompts for you: other", "No: reject"] },
        { "claude/awaiting_approval__claude-67-shell", "shell", "Do you want to proceed?", "touch a-file && ls -la", ["*Yes: allow_once", "Yes, and always allow access to /home/a/web from this project: allow_always", "Yes, and switch to auto mode · auto mode handles these prompts for you: other", "No: reject"] },
        { "claude/awaiting_approval__claude-68-shell-amend", "shell", "Do you want to proceed?", "touch a-file && ls -la", ["*Yes, and tell Claude what to do next: other", "Yes, and always allow access to /home/a/web from this project: allow_always", "Yes, and switch to auto mode · auto mode handles these prompts for you: other", "No: reject"] },
        { "claude/awaiting_approval__claude-69-write", "edit", "Do you want to create new.txt?", "new.txt", ["*Yes: allow_once", "Yes, and switch to accept edits (auto-approve file edits and common file commands) for this session (shift+tab): allow_always", "No: reject"] },
        { "codex/awaiting_approval__codex-62-shell", "shell", "Would you like to run the following command?", "touch /home/zz-1795357922 && ls", ["*Yes, proceed (y): allow_once", "Yes, and don't ask again for commands that start with `touch /home/zz-1795357922` (p): allow_always", "No, and tell Codex what to do differently (esc): reject_and_say"] },
        { "codex/awaiting_approval__codex-63-shell2", "shell", "Would you like to run the following command?", "touch /home/zz-1795357928 && ls", ["*Yes, proceed (y): allow_once", "Yes, and don't ask again for commands that start with `touch /home/zz-1795357928` (p): allow_always", "No, and tell Codex what to do differently (esc): reject_and_say"] },
        { "codex/awaiting_approval__codex-102-trust", "trust-folder", "Trust this folder?", null, ["*Trust and continue: allow_once", "Back to Agent Command Center: reject"] },
        { "gemini/awaiting_answer__gemini-62-ask", "question", "Which one?", null, ["*A first: answer", "B second: answer", "Enter a custom value: answer_in_words"] },
        { "gemini/rate_limited__gemini-100-resets-at", "limit", "Usage limit reached for all Pro models. Access resets at 11:40 AM UTC. /stats model for usage details /model to switch models.", null, ["*Keep trying: allow_once", "Stop: reject"] },
        { "gemini/rate_limited__gemini-101-daily", "limit", "Usage limit reached for all Pro models. /stats model for usage details /model to switch models.", null, ["*Keep trying: allow_once", "Stop: reject"] },
        { "gemini/rate_limited__gemini-27-usage-modal", "limit", "Usage limit reached for all Pro models. /stats model for usage details /model to switch models.", null, ["*Keep trying: allow_once", "Stop: reject"] },
        { "gemini/awaiting_approval__gemini-63-narrow-shell", "shell", "Allow execution of [Shell]?", "touch b-file && ls", ["*Allow once: allow_once", "Allow for this session: allow_always", "No, suggest changes (esc): reject_and_say"] },
        { "gemini/awaiting_approval__gemini-64-shell", "shell", "Allow execution of [Shell]?", "touch b-file && ls", ["*Allow once: allow_once", "Allow for this session: allow_always", "No, suggest changes (esc): reject_and_say"] },
        { "gemini/awaiting_approval__gemini-65-write", "edit", "Apply this change?", "new.txt", ["*Allow once: allow_once", "Allow for this session: allow_always", "Modify with external editor: other", "No, suggest changes (esc): reject_and_say"] },
        { "opencode/awaiting_answer__opencode-30-ask", "question", "Which one?", null, ["*A first: answer", "B second: answer", "Type your own answer: answer_in_words"] },
        { "opencode/awaiting_approval__opencode-31-always", "tool", "Always allow", null, ["Confirm: other", "Cancel: reject"] },
        { "opencode/awaiting_approval__opencode-32-narrow-shell", "shell", "Permission required # Shell command", "touch c-file && ls", ["*Allow once: allow_once", "Allow always: allow_always", "Reject: reject"] },
        { "opencode/awaiting_approval__opencode-33-shell", "shell", "Permission required # Shell command", "touch c-file && ls", ["*Allow once: allow_once", "Allow always: allow_always", "Reject: reject"] },
        { "opencode/awaiting_approval__opencode-34-write", "edit", "Permission required", "new.txt", ["*Allow once: allow_once", "Allow always: allow_always", "Reject: reject"] },
        { "opencode/awaiting_approval__opencode-08-shell-dialog", "shell", "Permission required # Shell command", Command, ["*Allow once: allow_once", "Allow always: allow_always", "Reject: reject"] },
    };

    [Theory]
    [MemberData(nameof(Screens))]
    public void A_recorded_dialog_is_read_with_its_question_its_subject_and_what_each_option_means(string screen, string kind, string question, string? subject, string[] options)
    {
        var dialog = Read(screen).Dialog;

        Assert.Equal((kind, question, subject), (dialog.Kind, dialog.Question, dialog.Subject?.Text));
        Assert.NotEqual(false, dialog.Subject?.Whole);
        Assert.Equal(options, dialog.Options.Select(static option => $"{(option.Selected ? "*" : "")}{option.Label}: {option.Meaning.Words()}"));
    }

    [Fact]
    public void Every_recorded_dialog_is_in_the_table()
        => Assert.Equal(
            Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Fixtures", "screens"), "*.txt", SearchOption.AllDirectories).Where(static file => Path.GetFileName(file) is var name && (name.StartsWith("awaiting_", StringComparison.Ordinal) || LimitDialogs.Contains(Path.GetFileNameWithoutExtension(file)))).Select(static file => $"{Path.GetFileName(Path.GetDirectoryName(file))}/{Path.GetFileNameWithoutExtension(file)}").Order(StringComparer.Ordinal),
            Screens.Select(static row => (string)row[0]).Order(StringComparer.Ordinal));

    [Fact]
    public void A_screen_without_a_dialog_has_none_and_a_dialog_that_the_profile_does_not_know_is_one_without_options()
    {
        var ready = Screen("qwen/ready__qwen-06-after-answer").Styled;
        Assert.Null(Shipped.Qwen.ReadDialog(ready, Shipped.Qwen.Read(ready)));

        var unknown = ready with { Pane = ready.Pane with { Title = "✳︎ Qwen - x" } };
        var dialog = Shipped.Qwen.ReadDialog(unknown, Shipped.Qwen.Read(unknown))!.Dialog;
        Assert.Equal(("approval-by-title", ""), (dialog.Kind, dialog.Question));
        Assert.Empty(dialog.Options);
    }

    [Fact]
    public void What_a_command_quotes_is_part_of_the_command_and_neither_the_question_nor_an_option()
    {
        var dialog = Changed("     echo 1", "     › 1. Yes, allow once", "       4. No, suggest changes (esc)", "     Allow execution of: 'ls'?", "     ls").Dialog;

        Assert.Equal("echo 1\n› 1. Yes, allow once\n  4. No, suggest changes (esc)\nAllow execution of: 'ls'?\nls", dialog.Subject!.Text);
        Assert.Equal("Allow execution of: 'echo, date'?", dialog.Question);
        Assert.Equal([1, 2, 3, 4], dialog.Options.Select(static option => option.Number));
    }

    [Theory]
    [InlineData(true, "     git commit -m short", "     git push")]
    [InlineData(false, "     git commit -m 'a text that is so long that its row reaches the place at which the program may break it' --no-verify")]
    [InlineData(false, "     git commit -m 'a text that is so long that its row reaches the place at which the program", "     breaks it'")]
    [InlineData(false, "     ... first 12 lines hidden ...", "     ls")]
    public void A_command_is_whole_only_if_nothing_can_be_missing_and_no_break_may_be_the_programs(bool whole, params string[] rows)
        => Assert.Equal(whole, Changed(rows).Dialog.Subject!.Whole);

    [Fact]
    public void Whichever_option_is_selected_it_is_the_same_dialog_and_another_command_makes_another()
    {
        var one = Changed("     ls").Dialog;
        var moved = one with { Options = [.. one.Options.Select(static option => option with { Selected = !option.Selected })] };

        Assert.True(one.IsSame(moved));
        Assert.False(one.IsSame(Changed("     ls -l").Dialog));
        Assert.False(one.IsSame(null));
    }

    [Fact]
    public void A_token_in_a_dialog_is_kept_out_of_what_is_read_and_no_rule_takes_the_rest_for_the_whole()
    {
        var token = Orchestrator.Actors.Identity.Secret.NewToken();
        var subject = Changed($"     login {token}").Dialog.Subject!;

        Assert.Equal(("login orc_(redacted)", false), (subject.Text, subject.Whole));
    }

    private static DialogReading Changed(params string[] rows)
    {
        var screen = Screen("qwen/awaiting_approval__qwen-39-shell-dialog").Plain;
        var row = screen.Lines.IndexOf(screen.Lines.First(static line => line.StartsWith($"     {Command}", StringComparison.Ordinal)));
        var changed = screen with { Lines = screen.Lines.RemoveAt(row).InsertRange(row, rows) };
        return Shipped.Qwen.ReadDialog(changed, Shipped.Qwen.Read(changed))!;
    }

    private static DialogReading Read(string name)
    {
        var profile = Shipped.All[name.Split('/')[0]];
        var screen = Screen(name).Styled;
        return profile.ReadDialog(screen, profile.Read(screen))!;
    }

    private static RecordedScreen Screen(string name) => RecordedScreen.Of(name.Split('/')[0]).Single(screen => screen.Name == name.Split('/')[1]);
}
