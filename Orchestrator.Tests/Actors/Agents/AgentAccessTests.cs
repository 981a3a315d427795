using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Identity;
using Orchestrator.Runtime;

namespace Orchestrator.Tests.Actors.Agents;

/// <summary>The token of an agent lives as long as the program that it was given to.</summary>
public sealed class AgentAccessTests
{
    private static readonly string[] Permissions = ["send", "own_tasks"];

    [Fact]
    public void It_is_issued_in_the_name_of_the_agent_with_what_its_role_permits()
    {
        var world = new AccessWorld();
        world.Give("hash-1");
        var token = world.Events<TokenIssued>().Single();
        Assert.Equal(("agent/a1", "send own_tasks", null), (token.Name, string.Join(' ', token.Scopes), token.ExpiresAt));
        Assert.False(world.Revoked("hash-1"));
    }

    [Fact]
    public void It_dies_with_its_program_whether_that_is_stopped_or_crashes()
    {
        var world = new AccessWorld();
        world.Give("hash-1");
        world.Ask(world.Agent, new ReportPaneEnded(world.Generation, new PaneExit(ExitCode: null, Signal: 9, "killed"), Output: null));
        Assert.True(world.Revoked("hash-1"));
    }

    [Fact]
    public void It_dies_with_the_agent()
    {
        var world = new AccessWorld();
        world.Give("hash-1");
        world.Ask(world.Agent, new End(Force: true));
        world.Ask(world.Agent, new ReportPaneEnded(world.Generation, new PaneExit(0, null, "stopped as asked"), Output: null));
        Assert.True(world.Revoked("hash-1"));
    }

    [Fact]
    public void A_second_try_to_start_the_same_generation_leaves_one_token_alive()
    {
        var world = new AccessWorld();
        world.Give("hash-1");
        world.Give("hash-2");
        Assert.True(world.Revoked("hash-1"));
        Assert.False(world.Revoked("hash-2"));
    }

    [Fact]
    public void No_token_is_given_to_a_generation_that_has_been_overtaken()
    {
        var world = new AccessWorld();
        var refused = Assert.IsType<Refused>(world.Ask(world.Agent, new GiveToken(world.Generation.Next(), "hash-1", [.. Permissions])));
        Assert.Equal(RefusalCodes.Stale, refused.Code);
        Assert.Empty(world.Events<TokenIssued>());
    }

    [Fact]
    public void A_failed_start_leaves_none()
    {
        var world = new AccessWorld(bound: false);
        world.Give("hash-1");
        world.Ask(world.Agent, new ReportStartFailed(world.Generation, "tmux refused"));
        Assert.True(world.Revoked("hash-1"));
    }

    private sealed class AccessWorld : EntityWorld
    {
        public AccessWorld(bool bound = true)
        {
            Add(AgentName.Kind, new AgentBehavior());
            Add(Token.Kind, new TokenBehavior());
            Ask(Agent, GivenAgent.Register());
            Ask(Agent, new Start("n1"));
            if (bound)
            {
                Ask(Agent, new BindPane(Generation, GivenAgent.Pane(), GivenAgent.Traits(), Worktree: null, Adopted: false, 0));
            }
        }

        public EntityId Agent { get; } = AgentName.Parse("a1").Entity;

        public Generation Generation => State<Agent>(Agent).Generation;

        public void Give(string hash) => Assert.IsType<Done>(Ask(Agent, new GiveToken(Generation, hash, [.. Permissions])));

        public bool Revoked(string hash) => State<Token>(Token.Entity(hash)) is { Name: not null, Revoked: true };

        protected override void Work(EntityId from, WorkerCommand command)
        {
        }
    }
}
