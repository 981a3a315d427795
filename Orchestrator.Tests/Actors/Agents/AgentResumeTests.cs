using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging;
using Orchestrator.Runtime;

namespace Orchestrator.Tests.Actors.Agents;

/// <summary>What becomes of a conversation when its program has ended: taken up again, briefed anew, or begun afresh; and the history says which.</summary>
public sealed class AgentResumeTests
{
    private readonly GivenAgent _agent = new();

    public AgentResumeTests()
    {
        _agent.Registered();
        Start();
        Begun(resumed: false, Plan().New);
        _agent.Ready();
    }

    [Fact]
    public void The_first_start_is_fresh_and_one_before_anything_was_said_is_too()
    {
        Assert.Equal((SessionStart.Fresh, false), (_agent.Last<SessionBegan>().How, Plan(first: true).Resume));
        Crash();
        Start();
        Assert.False(Plan().Resume);
    }

    [Fact]
    public void After_a_crash_in_the_middle_of_a_turn_the_same_conversation_goes_on_and_nothing_is_said_twice()
    {
        Said("build it");
        var session = _agent.State.Session.Id;
        Crash();
        Start();
        Assert.Equal((true, session), (Plan().Resume, Plan().Known));
        Begun(resumed: true, session);
        Assert.Equal((SessionStart.Resumed, session), (_agent.Last<SessionBegan>().How, _agent.Last<SessionBegan>().Session));
        _agent.Ready();
        Assert.Contains("go on with it", _agent.InFlight, StringComparison.Ordinal);
        Assert.DoesNotContain("build it", _agent.InFlight, StringComparison.Ordinal);
        Assert.Equal(session, _agent.State.Session.Id);
    }

    [Fact]
    public void A_finished_turn_needs_no_reminder()
    {
        Said("build it");
        _agent.Seen(AgentActivity.Ready);
        Crash();
        Start();
        Begun(resumed: true, _agent.State.Session.Id);
        _agent.Ready();
        Assert.Null(_agent.InFlight);
    }

    [Fact]
    public void A_program_that_cannot_take_it_up_again_is_briefed_first_with_all_that_is_known()
    {
        _agent.Tell(new Describe(null, null, System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("task", "the login page"), "lead", null, null));
        Said("build it");
        _agent.Send("and test it");
        _agent.Tell(new ReportPaneEnded(_agent.State.Generation, new PaneExit(null, 9, "killed by SIGKILL"), "line 1\nlast line"));
        Start();
        Begun(resumed: false, session: null, prompt: "You write code.");
        Assert.Equal(SessionStart.ReBriefed, _agent.Last<SessionBegan>().How);
        Assert.NotNull(_agent.Last<SessionBegan>().Reason);
        _agent.Ready();
        foreach (var part in new[] { "You write code.", "- task: the login page", "You report to lead", "you may not have done with it:\nbuild it", "1 messages wait", "last line" })
        {
            Assert.Contains(part, _agent.InFlight, StringComparison.Ordinal);
        }

        _agent.Report(DeliveryStep.Submitted);
        Assert.Equal("and test it", _agent.InFlight);
    }

    [Fact]
    public void A_resume_that_fails_at_once_is_followed_by_a_briefed_start_and_no_second_try()
    {
        Said("build it");
        Crash();
        Start();
        Begun(resumed: true, _agent.State.Session.Id);
        var failed = _agent.State.Generation;
        _agent.Tell(new ReportPaneEnded(failed, new PaneExit(1, null, "exited with code 1"), "no such session"));
        Assert.Equal("exited with code 1", _agent.Last<ResumeFailed>().Reason);
        Assert.Equal(failed.Next(), Assert.IsType<SpawnPane>(_agent.Worker[^1].Command).Generation);
        Assert.False(Plan().Resume);
        Begun(resumed: false, Plan().New);
        Assert.Equal(SessionStart.ReBriefed, _agent.Last<SessionBegan>().How);
        _agent.Tell(new ReportPaneEnded(_agent.State.Generation, new PaneExit(1, null, "exited with code 1"), null));
        Assert.Equal(AgentState.Error, _agent.State.State);
    }

    [Fact]
    public void Fresh_is_fresh_and_resume_without_a_conversation_is_refused()
    {
        Assert.Equal(RefusalCodes.IllegalState, Assert.IsType<Refused>(_agent.Tell(new Restart(GivenAgent.Node, false, StartMode.Resume))).Code);
        Said("build it");
        _agent.Tell(new Restart(GivenAgent.Node, Force: false, StartMode.Fresh));
        _agent.Tell(new ReportPaneEnded(_agent.State.Generation, new PaneExit(0, null, "exited 0"), null));
        Assert.False(Plan().Resume);
        Begun(resumed: false, Plan().New);
        Assert.Equal(SessionStart.Fresh, _agent.Last<SessionBegan>().How);
        _agent.Ready();
        Assert.Null(_agent.InFlight);
        Assert.False(_agent.State.Session.Used);
    }

    [Fact]
    public void A_node_that_is_started_again_tells_of_no_new_conversation_nor_a_second_report_of_the_same_start()
    {
        Said("build it");
        var before = _agent.History.OfType<SessionBegan>().Count();
        _agent.Bound(adopted: true, number: 1);
        Begun(resumed: false, "another");
        Assert.Equal(before, _agent.History.OfType<SessionBegan>().Count());
    }

    [Fact]
    public void An_id_seen_in_a_transcript_is_the_one_to_take_up_and_a_shell_is_never_briefed()
    {
        _agent.Tell(new ReportSession(_agent.State.Generation, "s-9", "transcript", Used: true));
        _agent.Tell(new ReportSession(_agent.State.Generation, "s-9", "transcript", Used: true));
        Assert.Single(_agent.History.OfType<SessionSeen>());
        Crash();
        Start();
        Assert.Equal((true, "s-9"), (Plan().Resume, Plan().Known));
        Begun(resumed: false, null, traits: GivenAgent.Traits() with { TakesBrief = false });
        Assert.Equal(SessionStart.Fresh, _agent.Last<SessionBegan>().How);
        Assert.Equal(RefusalCodes.Invalid, Assert.IsType<Refused>(_agent.Tell(new Rebrief("You write code."))).Code);
    }

    private void Start() => Assert.IsType<Placed>(_agent.Tell(new Start(GivenAgent.Node)));

    private void Begun(bool resumed, string? session, string? prompt = null, ProfileTraits? traits = null)
        => Assert.IsType<PaneBinding>(_agent.Tell(new BindPane(_agent.State.Generation, GivenAgent.Pane(), traits ?? GivenAgent.Traits() with { MaxMessageBytes = 10_000 }, null, Adopted: false, 0, new SessionReport(resumed, session, prompt, Continues: true))));

    private void Said(string text)
    {
        _agent.Send(text);
        _agent.Report(DeliveryStep.Typed);
        _agent.Seen(AgentActivity.Working);
        _agent.Report(DeliveryStep.Confirmed);
    }

    private void Crash() => _agent.Tell(new ReportPaneEnded(_agent.State.Generation, new PaneExit(null, 9, "killed by SIGKILL"), null));

    private SessionPlan Plan(bool first = false)
    {
        var spawned = _agent.Worker.Select(static w => w.Command).OfType<SpawnPane>();
        return (first ? spawned.First() : spawned.Last()).Session!;
    }
}
