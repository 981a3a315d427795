using Orchestrator.Node.Screens;
using Orchestrator.Tests.Programs.Model;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Programs.Qwen;

/// <summary>The profile against the real program and a scripted model: what is read from its screen, and what reaches the model.</summary>
public sealed class RealQwenTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private ScriptedModelServer _model = null!;
    private QwenPane? _qwen;

    public async Task InitializeAsync() => _model = await ScriptedModelServer.Start();

    public async Task DisposeAsync()
    {
        if (_qwen is not null)
        {
            await _qwen.DisposeAsync();
        }

        await _model.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_turn_goes_from_ready_through_working_back_to_ready_and_the_transcript_proves_the_message()
    {
        await Start();
        await _qwen!.Becomes(ScreenActivity.Ready);
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _model.Script = _ => new ModelScript.Talk(end.Task, TimeSpan.FromMilliseconds(100));
        var text = QwenPane.Profile.Envelope.Wrap("m1", "dev", "SEAL22", "quotes \" ' ; #{pane_id} $(date) 日本語 🎉\ttab\n/end \\");

        var transcript = await _qwen.Say(text);

        Assert.Equal(text, (await _model.WaitForMessage("m1")).Text);
        await Eventually.True(() => transcript.Find("m1", "SEAL22") is not null, "the transcript carries the message");
        var working = await _qwen.Becomes(ScreenActivity.Working);
        Assert.True(working.Composer.IsFree);
        end.SetResult();
        await _qwen.Becomes(ScreenActivity.Ready);
        Assert.Single(_model.Messages);
    }

    [Fact]
    public async Task Messages_of_every_size_arrive_whole_once_and_in_order()
    {
        await Start();
        string[] texts =
        [
            "short",
            string.Join('\n', Enumerable.Range(0, 10).Select(i => $"line {i}")),
            new string('x', 900),
            string.Join('\n', Enumerable.Repeat(new string('y', 79), 100)),
            "/help",
            "ends with /help",
            "ends with @word",
            "ends with a backslash \\",
            "ends with blanks  \n",
        ];
        var sent = texts.Select((text, i) => QwenPane.Profile.Envelope.Wrap($"m{i}", "dev", "SEAL22", text)).ToList();

        foreach (var text in sent)
        {
            await _qwen!.Becomes(ScreenActivity.Ready);
            var transcript = await _qwen.Say(text);
            var id = text[9..text.IndexOf(' ', 9)];
            await Eventually.True(() => transcript.Find(id, "SEAL22") is not null, $"the transcript carries {id}");
        }

        await _model.WaitForMessage($"m{texts.Length - 1}");
        Assert.Equal(sent, _model.Messages.Select(message => message.Text));
    }

    [Fact]
    public async Task A_tool_call_asks_for_approval_and_runs_after_Enter()
    {
        await Start();
        await _qwen!.Becomes(ScreenActivity.Ready);
        _model.Script = turn => turn.ToolResult is null ? ModelScript.RunShell("echo ran > proof.txt") : new ModelScript.Answer("done");

        await _qwen.Say("[message m1 from dev]\nrun it");

        await _qwen.Becomes(ScreenActivity.AwaitingApproval);
        await Eventually.True(async () => QwenPane.Profile.Read(await _qwen.Screen()).Rule == "approval", "the dialog itself is recognised");
        await _qwen.Press("Enter");
        await _qwen.Becomes(ScreenActivity.Ready);
        Assert.Equal("ran\n", await File.ReadAllTextAsync(_folder["repo/proof.txt"]));
    }

    [Fact]
    public async Task A_question_is_told_from_an_approval()
    {
        await Start();
        await _qwen!.Becomes(ScreenActivity.Ready);
        _model.Script = turn => turn.ToolResult is null ? ModelScript.Ask("Which colour?", "Red", "Blue") : new ModelScript.Answer("done");

        await _qwen.Say("[message m1 from dev]\nask me");

        await _qwen.Becomes(ScreenActivity.AwaitingAnswer);
        await _qwen.Press("Enter");
        await _qwen.Becomes(ScreenActivity.Ready);
    }

    [Fact]
    public async Task Without_a_provider_it_wants_to_be_signed_in()
    {
        await Start(new QwenHomeOptions { SignedIn = false });

        await _qwen!.Becomes(ScreenActivity.AuthRequired);
    }

    [Fact]
    public async Task An_unknown_folder_is_asked_about_and_the_answer_of_the_profile_leads_to_ready()
    {
        await Start(new QwenHomeOptions { AsksForTrust = true });

        var asking = await _qwen!.Becomes(ScreenActivity.AwaitingApproval);
        Assert.Equal("trust-folder", asking.Rule);
        await _qwen.Press("Enter");
        await _qwen.Becomes(ScreenActivity.Ready);
    }

    [Fact]
    public async Task A_proposal_of_the_program_in_its_empty_input_is_nobodys_draft()
    {
        await Start(new QwenHomeOptions { Suggests = true });
        _model.Script = _ => new ModelScript.Answer("I have listed the files.");
        _model.SideScript = _ => new ModelScript.Answer("run the tests");
        for (var i = 0; i < 3; i++)
        {
            await _qwen!.Becomes(ScreenActivity.Ready);
            await _qwen.Say($"[message m{i} from dev]\nplease list the files");
            await _model.WaitForMessage($"m{i}");
        }

        await Eventually.True(async () => QwenPane.Profile.Read(await _qwen!.Screen()).Composer.State == ComposerState.Suggestion, "a proposal stands in the input");
        await _qwen!.Becomes(ScreenActivity.Ready);
        await _qwen.Say("[message m9 from dev]\nand then?");
        Assert.Equal("[message m9 from dev]\nand then?", (await _model.WaitForMessage("m9")).Text);
    }

    [Fact]
    public async Task A_draft_is_seen_until_it_is_cleared()
    {
        await Start();
        await _qwen!.Becomes(ScreenActivity.Ready);
        await _qwen.Paste("a draft\nof two lines");
        await _qwen.Becomes(ScreenActivity.UnsubmittedInput);

        await _qwen.Press("C-c");

        await _qwen.Becomes(ScreenActivity.Ready);
    }

    [Fact]
    public async Task The_keys_of_the_profile_end_it_in_the_middle_of_a_turn()
    {
        await Start();
        await _qwen!.Becomes(ScreenActivity.Ready);
        _model.Script = _ => new ModelScript.Hang();
        await _qwen.Say("[message m1 from dev]\nhang");
        await _qwen.Becomes(ScreenActivity.Working);

        var stop = QwenPane.Profile.Stop;
        foreach (var key in stop.Keys)
        {
            if ((await _qwen.Screen()).Pane.Dead)
            {
                break;
            }

            await _qwen.Press(key);
            await Task.Delay(stop.Between);
        }

        await _qwen.Becomes(ScreenActivity.Exited, stop.Within);

        // tmux may know that a program has ended before it knows how.
        var ended = await Eventually.Value(async () => (await _qwen.Screen()).Pane, static pane => pane.DeadStatus is not null || pane.DeadSignal is not null, "it is known how it ended");
        Assert.Equal((0, null), (ended.DeadStatus, ended.DeadSignal));
    }

    private async Task Start(QwenHomeOptions? options = null)
    {
        var program = new QwenProgram(options);
        _model.IsTurn = program.IsTurn;
        _qwen = await QwenPane.Start(await program.HomeIn(_folder.Path, _model), _folder);
    }
}
