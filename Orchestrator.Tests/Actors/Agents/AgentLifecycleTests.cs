using Orchestrator.Actors.Agents;
using Orchestrator.Runtime;

namespace Orchestrator.Tests.Actors.Agents;

public sealed class AgentLifecycleTests
{
    [Theory]
    [InlineData(AgentState.Terminated, AgentState.Active)]
    [InlineData(AgentState.Terminated, AgentState.Idle)]
    [InlineData(AgentState.Terminated, AgentState.Terminated)]
    [InlineData(AgentState.Offline, AgentState.Idle)]
    [InlineData(AgentState.Offline, AgentState.Busy)]
    [InlineData(AgentState.Busy, AgentState.Terminated)]
    public void The_table_forbids(AgentState from, AgentState to) => Assert.False(AgentLifecycle.Allows(from, to));

    [Fact]
    public void Every_activity_means_a_state()
        => Assert.All(Enum.GetValues<AgentActivity>(), static a => AgentLifecycle.StateOf(a, AgentState.Idle, hasBeenReady: true));

    [Fact]
    public void A_started_agent_is_active_until_its_prompt_is_seen_and_then_idle()
    {
        var agent = new GivenAgent().Started();
        Assert.Equal(AgentState.Active, agent.State.State);
        Assert.Equal(AgentState.Idle, agent.Ready().State.State);
    }

    [Fact]
    public void A_question_before_the_first_prompt_belongs_to_the_start()
    {
        var agent = new GivenAgent().Started().Seen(AgentActivity.AwaitingApproval);
        Assert.Equal(AgentState.Active, agent.State.State);
        Assert.Equal(AgentState.Busy, agent.Ready().Seen(AgentActivity.AwaitingApproval).State.State);
    }

    [Fact]
    public void A_busy_or_failed_agent_is_never_shown_active()
    {
        var agent = new GivenAgent().Ready();
        Assert.Equal(AgentState.Busy, agent.Seen(AgentActivity.Working).State.State);
        Assert.Equal(AgentState.Error, agent.Seen(AgentActivity.Hung).State.State);
    }

    [Fact]
    public void An_ended_agent_takes_nothing_any_more_but_its_name_can_be_registered_anew()
    {
        var agent = new GivenAgent().Ready();
        agent.Tell(new End(Force: true));
        agent.Tell(new ReportPaneEnded(agent.State.Generation, new PaneExit(0, null, "exited 0"), "last screen"));
        Assert.Equal(AgentState.Terminated, agent.State.State);
        Assert.Equal("last screen", agent.Last<OutputCaptured>().Output);

        Assert.Equal(RefusalCodes.NotFound, Assert.IsType<Refused>(agent.Tell(new Start(GivenAgent.Node))).Code);
        Assert.Equal(RefusalCodes.NotFound, Assert.IsType<Refused>(agent.Send("too late")).Code);

        var generation = agent.State.Generation;
        agent.Registered();
        Assert.Equal(AgentState.Offline, agent.State.State);
        Assert.Equal(generation.Next(), Assert.IsType<Placed>(agent.Tell(new Start(GivenAgent.Node))).Generation);
    }

    [Fact]
    public void What_was_kept_of_the_transcripts_of_its_programs_is_known_of_the_last_five()
    {
        var agent = new GivenAgent().Ready();
        for (var end = 1; end <= 6; end++)
        {
            agent.Tell(new ReportPaneEnded(agent.State.Generation, new PaneExit(1, null, "exited 1"), Output: null) { Transcript = new KeptTranscript(agent.State.Generation, GivenAgent.Node, "/there", Bytes: 7, LeftOut: 0, agent.Now) });
            Assert.Equal(end, agent.Last<TranscriptKept>().Transcript.Generation.Value);
            agent.Tell(new Start(GivenAgent.Node));
            agent.Bound().Ready();
        }

        // A lost node that is back tells it of an earlier one, perhaps twice; of a program that runs it is no news.
        foreach (var late in new[] { 5, 5, 7 })
        {
            agent.Tell(new ReportPaneEnded(new Generation(late), new PaneExit(null, null, "it goes on elsewhere"), Output: null) { Transcript = late == 7 ? null : new KeptTranscript(new Generation(late), "n2", "/there", Bytes: 8, LeftOut: 0, agent.Now) }, "worker:n2");
        }

        Assert.Equal(["2 n1", "3 n1", "4 n1", "5 n2", "6 n1"], agent.View.Transcripts.Select(static t => $"{t.Generation.Value} {t.Node}"));
    }

    [Fact]
    public void A_second_registration_of_a_living_agent_is_refused()
        => Assert.Equal(RefusalCodes.AlreadyExists, Assert.IsType<Refused>(new GivenAgent().Registered().Tell(GivenAgent.Register())).Code);

    [Fact]
    public void A_start_of_a_running_agent_is_refused_and_recorded()
    {
        var agent = new GivenAgent().Ready();
        Assert.Equal(RefusalCodes.IllegalState, Assert.IsType<Refused>(agent.Tell(new Start(GivenAgent.Node))).Code);
        Assert.Equal(AgentState.Idle, agent.Last<TransitionRefused>().From);
    }

    [Fact]
    public void A_stopped_agent_is_offline_and_can_be_started_as_the_next_generation()
    {
        var agent = new GivenAgent().Ready();
        agent.Tell(new Stop(Force: false, "lunch"));
        Assert.IsType<StopPane>(agent.Worker[^1].Command);
        agent.Tell(new ReportPaneEnded(agent.State.Generation, new PaneExit(null, 9, "killed"), null));
        Assert.Equal(AgentState.Offline, agent.State.State);
        Assert.Equal(new Generation(2), Assert.IsType<Placed>(agent.Tell(new Start(GivenAgent.Node))).Generation);
    }

    [Fact]
    public void A_restart_stops_the_program_and_then_places_the_next_generation()
    {
        var agent = new GivenAgent().Ready();
        Assert.Equal(new Generation(2), Assert.IsType<Placed>(agent.Tell(new Restart(GivenAgent.Node, Force: false))).Generation);
        Assert.Equal(new Generation(1), agent.State.Generation);
        agent.Tell(new ReportPaneEnded(agent.State.Generation, new PaneExit(0, null, "exited 0"), null));
        Assert.Equal(new Generation(2), agent.State.Generation);
        Assert.Equal(new Generation(2), Assert.IsType<SpawnPane>(agent.Worker[^1].Command).Generation);
    }

    [Theory]
    [InlineData(0, AgentState.Offline)]
    [InlineData(1, AgentState.Error)]
    public void A_program_that_ends_by_itself_is_offline_when_it_ended_well_and_in_error_when_not(int code, AgentState expected)
    {
        var agent = new GivenAgent().Ready();
        agent.Tell(new ReportPaneEnded(agent.State.Generation, new PaneExit(code, null, $"exited {code}"), null));
        Assert.Equal(expected, agent.State.State);
        Assert.Equal(AgentActivity.Exited, agent.State.Activity);
    }

    [Fact]
    public void What_is_reported_of_an_older_generation_changes_nothing()
    {
        var agent = new GivenAgent().Ready();
        agent.Tell(new Restart(GivenAgent.Node, Force: true));
        agent.Tell(new ReportPaneEnded(new Generation(1), new PaneExit(null, 9, "killed"), null));
        agent.Bound();
        var before = agent.History.Count;
        agent.Tell(new ReportActivity(new Generation(1), AgentActivity.Hung, null, null, new AgentFact("screen", null, "old", agent.Now)));
        agent.Tell(new ReportPaneEnded(new Generation(1), new PaneExit(null, 9, "killed"), null));
        Assert.IsType<Refused>(agent.Tell(new BindPane(new Generation(1), GivenAgent.Pane(), GivenAgent.Traits(), null, Adopted: true, 0)));
        Assert.Equal(before, agent.History.Count);
    }

    [Fact]
    public void Each_binding_of_a_pane_gets_a_writer_number_of_its_own()
    {
        var agent = new GivenAgent().Ready();
        var first = agent.State.Writer;
        agent.Bound(adopted: true, number: 3);
        Assert.True(agent.State.Writer > first);
        Assert.Equal(3, agent.State.NextNumber);
    }

    [Fact]
    public void The_same_activity_seen_again_is_no_event()
    {
        var agent = new GivenAgent().Ready();
        var before = agent.History.Count;
        agent.Seen(AgentActivity.Ready);
        Assert.Equal(before, agent.History.Count);
    }

    [Fact]
    public void Metadata_is_merged_and_an_empty_value_removes_a_key()
    {
        var agent = new GivenAgent().Registered();
        agent.Tell(Describe(("project", "alpha"), ("branch", "main")));
        agent.Tell(Describe(("branch", ""), ("deadline", "friday")));
        Assert.Equal(["deadline", "project"], agent.State.Metadata.Keys);
    }

    private static Describe Describe(params (string Key, string Value)[] pairs)
        => new(null, null, System.Collections.Immutable.ImmutableSortedDictionary.CreateRange(pairs.Select(static p => KeyValuePair.Create(p.Key, p.Value))), null, null, null);
}
