using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging;
using Orchestrator.Runtime;

namespace Orchestrator.Tests.Actors.Agents;

/// <summary>How an agent's dialogs are known and decided.</summary>
public sealed class AgentDialogTests
{
    private static readonly AgentDialog Shell = new(
        "shell",
        "Allow execution of: 'ls'?",
        new DialogSubject(SubjectKind.Command, "ls", Whole: true),
        [
            new DialogOption(1, "1", "Yes, allow once", DialogMeaning.AllowOnce, Selected: true),
            new DialogOption(2, "2", "Always allow 'ls *' in this project", DialogMeaning.AllowAlways, Selected: false),
            new DialogOption(3, "3", "Always allow 'ls *' for this user", DialogMeaning.AllowAlways, Selected: false),
            new DialogOption(4, "4", "No, suggest changes (esc)", DialogMeaning.RejectAndSay, Selected: false),
        ]);

    private static readonly AgentDialog Other = Shell with { Subject = new DialogSubject(SubjectKind.Command, "rm -rf /", Whole: true) };

    private readonly GivenAgent _agent = new GivenAgent().Ready();

    [Fact]
    public void A_dialog_is_opened_once_and_closed_and_the_next_one_like_it_is_another()
    {
        var first = Sees(Shell);
        Assert.Equal(first, Sees(Shell with { Options = [.. Shell.Options.Select(static option => option with { Selected = option.Number == 3 })] }));
        Assert.Null(Sees(null));
        var second = Sees(Shell);
        Assert.NotEqual(first, second);
        var third = Sees(Other);
        Assert.Equal([first, second, third], _agent.History.OfType<DialogOpened>().Select(static e => e.Dialog));
        Assert.Equal([first, second], _agent.History.OfType<DialogClosed>().Select(static e => e.Dialog));
    }

    [Theory]
    [InlineData(DialogChoice.Approve, null, 1)]
    [InlineData(DialogChoice.ApproveAlways, null, 2)]
    [InlineData(DialogChoice.Reject, null, 4)]
    [InlineData(DialogChoice.Option, "3", 3)]
    [InlineData(DialogChoice.Option, "no", 4)]
    [InlineData(DialogChoice.Option, "Always allow 'ls *' for this user", 3)]
    public void A_decision_names_the_option_that_the_worker_is_to_choose(DialogChoice choice, string? option, int number)
    {
        var id = Sees(Shell)!;
        Assert.IsType<Done>(_agent.Tell(new DecideDialog(id, choice, option, Say: null, Rule: null)));
        var order = Assert.IsType<AnswerDialog>(_agent.Worker[^1].Command);
        Assert.Equal((number, _agent.State.Decision!.Id), (order.Option, order.Decision));
        Assert.True(order.Dialog.IsSame(Shell));
    }

    [Fact]
    public void A_decision_for_a_dialog_that_was_replaced_is_refused_and_says_which_one_is_there()
    {
        var id = Sees(Shell)!;
        var now = Sees(Other)!;
        var refused = Assert.IsType<Refused>(_agent.Tell(new DecideDialog(id, DialogChoice.Approve, Option: null, Say: null, Rule: null)));
        Assert.Equal(RefusalCodes.Stale, refused.Code);
        Assert.Contains($"now it shows dialog {now}: Allow execution of: 'ls'? rm -rf /", refused.Reason, StringComparison.Ordinal);
        Sees(null);
        Assert.Equal(RefusalCodes.IllegalState, Assert.IsType<Refused>(_agent.Tell(new DecideDialog(now, DialogChoice.Approve, Option: null, Say: null, Rule: null))).Code);
        Assert.Empty(_agent.History.OfType<DialogDecided>());
    }

    [Fact]
    public void An_option_that_is_not_there_or_not_one_is_refused_with_those_there_are()
    {
        var id = Sees(Shell)!;
        foreach (var option in (string[])["5", "Always", "yes please"])
        {
            var refused = Assert.IsType<Refused>(_agent.Tell(new DecideDialog(id, DialogChoice.Option, option, Say: null, Rule: null)));
            Assert.Contains("it has: 1 'Yes, allow once' (allow_once); 2", refused.Reason, StringComparison.Ordinal);
        }

        var unread = Sees(new AgentDialog("approval", "", Subject: null, []))!;
        Assert.Contains("orc attach", Assert.IsType<Refused>(_agent.Tell(new DecideDialog(unread, DialogChoice.Approve, Option: null, Say: null, Rule: null))).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_in_words_goes_into_the_option_that_takes_one()
    {
        var question = new AgentDialog("question", "Which?", Subject: null, [new DialogOption(1, "1", "Red", DialogMeaning.Answer, Selected: true), new DialogOption(2, "2", "Type something.", DialogMeaning.AnswerInWords, Selected: false)]);
        var id = Sees(question)!;
        Assert.Contains("takes a text", Assert.IsType<Refused>(_agent.Tell(new DecideDialog(id, DialogChoice.Option, "2", Say: null, Rule: null))).Reason, StringComparison.Ordinal);
        foreach (var text in (string[])["", "two\nlines", " blanks ", "\u001b[A", new string('x', 1001)])
        {
            Assert.Equal(RefusalCodes.Invalid, Assert.IsType<Refused>(_agent.Tell(new DecideDialog(id, DialogChoice.Words, Option: null, Say: null, Rule: null) { Text = text })).Code);
        }

        Assert.IsType<Done>(_agent.Tell(new DecideDialog(id, DialogChoice.Words, Option: null, Say: null, Rule: null) { Text = "green" }));
        Assert.Equal((2, "green"), _agent.Worker[^1].Command is AnswerDialog order ? (order.Option, order.Text) : default);
        Ends(DialogOutcome.Answered);
        Assert.Contains("that takes a text", Assert.IsType<Refused>(_agent.Tell(new DecideDialog(Sees(Shell)!, DialogChoice.Words, Option: null, Say: null, Rule: null) { Text = "green" })).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void One_decision_at_a_time_and_a_rule_decides_a_dialog_once_only()
    {
        var id = Sees(Shell)!;
        _agent.Tell(new DecideDialog(id, DialogChoice.Approve, Option: null, Say: null, "policy p: shell.allow \"ls\""), "worker:n1");
        Assert.IsType<Refused>(_agent.Tell(new DecideDialog(id, DialogChoice.Reject, Option: null, Say: null, Rule: null)));
        Ends(DialogOutcome.Failed);
        Assert.IsType<Refused>(_agent.Tell(new DecideDialog(id, DialogChoice.Approve, Option: null, Say: null, "policy p: shell.allow \"ls\""), "worker:n1"));
        Assert.IsType<Done>(_agent.Tell(new DecideDialog(id, DialogChoice.Reject, Option: null, Say: null, Rule: null)));
    }

    [Fact]
    public void What_is_said_after_a_refusal_is_sent_once_the_dialog_has_closed_and_only_then()
    {
        var say = new NewMessage(MessageId.New(_agent.Now), "client:test", FromPerson: true, "do it otherwise", MessagePriority.Urgent, ExpiresAt: null, "SEAL22");
        _agent.Tell(new DecideDialog(Sees(Shell)!, DialogChoice.Reject, Option: null, say, Rule: null));
        Assert.Empty(_agent.History.OfType<MessageAccepted>());
        Ends(DialogOutcome.Answered);
        Ends(DialogOutcome.Answered);
        Assert.Equal("do it otherwise", Assert.Single(_agent.History.OfType<MessageAccepted>()).Message.Text);
        Assert.Null(_agent.State.Dialog);

        var late = say with { Id = MessageId.New(_agent.Now) };
        _agent.Tell(new DecideDialog(Sees(Shell)!, DialogChoice.Reject, Option: null, late, Rule: null));
        Ends(DialogOutcome.TooLate);
        Assert.Single(_agent.History.OfType<MessageAccepted>());
    }

    [Fact]
    public void A_message_whose_text_is_an_approval_is_a_message()
    {
        var id = Sees(Shell)!;
        _agent.Seen(AgentActivity.AwaitingApproval);
        foreach (var text in (string[])["yes", "1", $"approve {id}", "{\"dialog\":\"" + id + "\",\"always\":true}", "Allow execution of: 'ls'?\n› 1. Yes, allow once"])
        {
            Assert.IsType<MessageQueued>(_agent.Send(text));
        }

        Assert.Empty(_agent.History.OfType<DialogDecided>());
        Assert.DoesNotContain(_agent.Worker, static w => w.Command is AnswerDialog or DeliverMessage);
        Assert.Equal(id, _agent.State.Dialog!.Id);
    }

    [Fact]
    public void A_dialog_does_not_outlive_its_program()
    {
        Sees(Shell);
        _agent.Tell(new ReportPaneEnded(_agent.State.Generation, new PaneExit(1, null, "exited with code 1"), Output: null));
        Assert.Null(_agent.State.Dialog);
        Assert.IsType<Refused>(_agent.Tell(new ReportDialog(_agent.State.Generation, Shell)));
    }

    [Fact]
    public void The_worker_is_told_which_policy_counts()
    {
        Assert.Null(Assert.IsType<DialogKnown>(_agent.Tell(new ReportDialog(_agent.State.Generation, Shell))).Policy);
        _agent.Tell(new ChoosePolicy("careful"));
        _agent.Tell(new ChoosePolicy("careful"));
        var known = Assert.IsType<DialogKnown>(_agent.Tell(new ReportDialog(_agent.State.Generation, Other)));
        Assert.Equal(("careful", AgentRole.Default, "/srv/repo", false, true), (known.Policy, known.Role, known.Folder, known.Decided, known.HasBeenReady));
        Assert.Single(_agent.History.OfType<PolicyChosen>());
    }

    private string? Sees(AgentDialog? dialog) => Assert.IsType<DialogKnown>(_agent.Tell(new ReportDialog(_agent.State.Generation, dialog), "worker:n1")).Dialog;

    private void Ends(DialogOutcome outcome) => _agent.Tell(new ReportDecision(_agent.State.Decision!.Id, outcome, "…"), "worker:n1");
}
