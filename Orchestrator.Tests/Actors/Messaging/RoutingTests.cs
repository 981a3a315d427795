using System.Collections.Immutable;

using FsCheck;
using FsCheck.Fluent;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Messaging.Protocol;
using Orchestrator.Runtime;

namespace Orchestrator.Tests.Actors.Messaging;

/// <summary>Messages find those they are for, and none vanishes.</summary>
public sealed class RoutingTests
{
    private static readonly ImmutableArray<Addressee> Agents =
    [
        new(AgentName.Parse("a1"), "developer", "red", "site"), new(AgentName.Parse("a2"), "qa", "red", "site"), new(AgentName.Parse("b1"), "developer", "blue", "shop"), new(AgentName.Parse("lead"), "project_manager", Team: null, Project: null),
    ];

    [Fact]
    public void Default_routes_are_used_only_for_what_no_other_route_takes()
    {
        MessageRoute[] routes = [Route("rest", isDefault: true), Route("escalations", types: ["escalation"])];
        Assert.Equal(["escalations"], Matching(routes, new MessageFacts("escalation", null, null, null)));
        Assert.Equal(["rest"], Matching(routes, new MessageFacts("coordination", null, null, null)));
        Assert.Empty(MessageRouting.Matching([routes[1]], new MessageFacts("coordination", null, null, null)));
    }

    [Theory]
    [InlineData("escalation", "qa", "red", "site", true)]
    [InlineData("coordination", "qa", "red", "site", false)]
    [InlineData("escalation", "developer", "red", "site", false)]
    [InlineData("escalation", "qa", "blue", "site", false)]
    [InlineData("escalation", "qa", "red", "shop", false)]
    [InlineData("escalation", null, null, null, false)]
    public void A_route_takes_a_message_by_type_role_team_and_project(string type, string? role, string? team, string? project, bool takes)
        => Assert.Equal(takes, new MessageRoute("r", ["escalation"], ["qa"], ["red"], ["site"], ["lead"], Default: false).Takes(new MessageFacts(type, role, team, project)));

    [Theory]
    [InlineData("a1", "a1")]
    [InlineData("role:developer", "a1 b1")]
    [InlineData("team:red", "a1 a2")]
    [InlineData("project:shop", "b1")]
    [InlineData("team:green", "")]
    public void An_address_means_those_that_it_names(string address, string agents)
        => Assert.Equal(agents, string.Join(' ', MessageRouting.Resolve(address, Agents, sender: null)));

    [Fact]
    public void Nobody_is_sent_what_it_says_itself()
        => Assert.Equal("a2", Reached("team:red", "a1"));

    [Theory]
    [InlineData("a1", "role:developer", "")]
    [InlineData("a2", "role:developer", "a1")]
    [InlineData("a2", "project:site", "a1")]
    [InlineData("a2", "role:project_manager", "")]
    [InlineData("lead", "role:developer", "a1 b1")]
    [InlineData("a2", "b1", "b1")]
    public void What_a_member_of_a_team_sends_to_a_role_or_a_project_means_those_of_its_team(string sender, string address, string agents)
        => Assert.Equal(agents, Reached(address, sender));

    [Theory]
    [InlineData("a1", "direct_message", "role:developer", null)]
    [InlineData("a1", "direct_message", "team:red", null)]
    [InlineData("a1", "direct_message", "project:SITE", null)]
    [InlineData("a1", "direct_message", "b1", null)]
    [InlineData("a1", "direct_message", null, null)]
    [InlineData("a1", "direct_message", "team:blue", "not_in_touch")]
    [InlineData("a1", "task_assignment", "project:shop", "not_in_touch")]
    [InlineData("a1", "broadcast", "team:red", null)]
    [InlineData("a1", "broadcast", "team:blue", "unauthorized_sender")]
    [InlineData("a1", "broadcast", "role:developer", "unauthorized_sender")]
    [InlineData("a1", "broadcast", "b1", "unauthorized_sender")]
    [InlineData("a1", "broadcast", null, "unauthorized_sender")]
    [InlineData("lead", "broadcast", "a1", "unauthorized_sender")]
    [InlineData("lead", "direct_message", "role:developer", null)]
    [InlineData("lead", "direct_message", "team:blue", null)]
    public void What_a_member_of_a_team_sends_to_another_team_or_its_project_is_refused(string sender, string type, string? address, string? violation)
        => Assert.Equal(violation, TeamReach.Wrong(Sender(sender), type, address)?.Violation.Words());

    [Fact]
    public void Who_wants_to_reach_another_team_is_told_whom_to_ask()
    {
        Assert.Contains("ask boss or a person to pass it on, or send it to team:red", TeamReach.Wrong(Sender("a1") with { ReportsTo = AgentName.Parse("boss") }, "direct_message", "team:blue")!.Reason, StringComparison.Ordinal);
        Assert.Contains("ask a person to pass it on", TeamReach.Wrong(Sender("a1"), "direct_message", "team:blue")!.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a1", true)]
    [InlineData("role:qa", true)]
    [InlineData("roles:qa", false)]
    [InlineData("team:", false)]
    public void What_is_no_address_is_said_to_be_none(string address, bool valid)
        => Assert.Equal(valid, MessageRouting.Wrong(address) is null);

    [Fact]
    public void A_message_for_nobody_becomes_a_dead_letter_with_the_reason()
    {
        var world = new GivenWorld();
        Assert.IsType<Done>(world.Ask(MessageDispatch.Entity(Message.Id), new DispatchMessage(Message, Address: null, [], [], "no route takes a direct_message")));
        Assert.Equal("no route takes a direct_message", Assert.Single(world.Events<MessageDeadLettered>()).Reason);
    }

    [Fact]
    public void Every_recipient_has_its_result_and_one_that_refuses_does_not_hold_up_the_others()
    {
        var world = new GivenWorld();
        var (a, gone) = (world.Agent("a"), AgentName.Parse("gone"));
        world.Ask(MessageDispatch.Entity(Message.Id), new DispatchMessage(Message, "role:qa", [], [a, gone], Reason: null));
        var results = world.Events<DispatchReported>().ToDictionary(static r => r.Agent);
        Assert.Null(results[a].Refused);
        Assert.Contains("there is no agent gone", results[gone].Refused, StringComparison.Ordinal);
        Assert.Empty(world.Events<MessageDeadLettered>());
        Assert.Equal("hello", Assert.Single(world.DeliverAll()).Text);
    }

    [Fact]
    public void The_same_id_is_dispatched_once()
    {
        var world = new GivenWorld();
        var dispatch = new DispatchMessage(Message, "a", [], [world.Agent("a")], Reason: null);
        Assert.IsType<Done>(world.Ask(MessageDispatch.Entity(Message.Id), dispatch));
        Assert.Equal(RefusalCodes.AlreadyExists, Assert.IsType<Refused>(world.Ask(MessageDispatch.Entity(Message.Id), dispatch)).Code);
        Assert.Single(world.DeliverAll());
    }

    [Fact]
    public void A_route_is_added_replaced_and_removed_by_its_name()
    {
        var world = new GivenWorld();
        world.Ask(RouterState.Entity, new AddRoute(Route("r", types: ["escalation"])));
        world.Ask(RouterState.Entity, new AddRoute(Route("r", isDefault: true)));
        Assert.True(Assert.Single(world.State<RouterState>(RouterState.Entity).Routes.Values).Default);
        Assert.IsType<Done>(world.Ask(RouterState.Entity, new RemoveRoute("r")));
        Assert.Equal(RefusalCodes.NotFound, Assert.IsType<Refused>(world.Ask(RouterState.Entity, new RemoveRoute("r"))).Code);
    }

    [Fact]
    public void No_message_is_both_dead_lettered_and_delivered_and_none_vanishes() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(100),
        Prop.ForAll(Gen.Choose(0, 2).ListOf().Zip(Gen.Choose(0, 1_000_000)).ToArbitrary(), static given =>
        {
            var (recipients, seed) = given;
            var world = new GivenWorld(seed);

            // 0: an agent that is there, 1: one that was never there, 2: one whose queue is full.
            var names = recipients.Take(8).Select((kind, i) => kind == 1 ? AgentName.Parse($"gone{i}") : Filled(world, $"x{i}", full: kind == 2)).ToImmutableArray();
            world.Deliveries.Clear();
            world.Ask(MessageDispatch.Entity(Message.Id), new DispatchMessage(Message, "team:x", [], names, names.IsEmpty ? "nobody" : null));
            var dead = world.Events<MessageDeadLettered>().Count();
            var taken = world.Events<MessageAccepted>().Count(static e => e.Message.Text == Message.Text);
            Assert.Equal(taken == 0 ? 1 : 0, dead);
            Assert.Equal(recipients.Take(8).Count(static kind => kind == 0), taken);
            Assert.Equal(names.Length, world.Events<DispatchReported>().Count());
        }));

    private static readonly NewMessage Message = new(MessageId.New(GivenWorld.Start), "client:ann", FromPerson: true, "hello", MessagePriority.Medium, ExpiresAt: null, "SEAL22");

    private static AgentName Filled(GivenWorld world, string name, bool full)
    {
        var agent = world.Agent(name);
        if (full)
        {
            world.Ask(agent.Entity, new Describe(Role: null, DisplayName: null, Metadata: null, ReportsTo: null, Manages: null, CollaboratesWith: null, new RoleLimits(1, 1000, MessagesPerHour: null)));
            world.Ask(agent.Entity, new EnqueueMessage(Message with { Id = MessageId.New(GivenWorld.Start), Text = "in the way" }));
        }

        return agent;
    }

    private static MessageRoute Route(string name, ImmutableArray<string> types = default, bool isDefault = false) => new(name, types.IsDefault ? [] : types, [], [], [], ["lead"], isDefault);

    private static Addressee Sender(string name) => Agents.Single(agent => agent.Name.Value == name);

    private static string Reached(string address, string sender) => string.Join(' ', MessageRouting.Resolve(address, Agents, Sender(sender)));

    private static IEnumerable<string> Matching(IEnumerable<MessageRoute> routes, MessageFacts facts) => MessageRouting.Matching(routes, facts).Select(static r => r.Name);
}
