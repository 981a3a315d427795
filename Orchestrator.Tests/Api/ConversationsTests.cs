using System.Net;
using Orchestrator.Actors.Identity;
using Orchestrator.Client;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Api;

/// <summary>Conversations at the API.</summary>
public sealed class ConversationsTests : IAsyncLifetime
{
    private ApiNode _node = null!;
    private string _bob = null!;

    public async Task InitializeAsync()
    {
        _node = await ApiNode.StartAsync(static options =>
        {
            options.ConversationBatch = TimeSpan.FromMilliseconds(200);
            options.Protocol = options.Protocol with { Senders = ["client:admin", "client:bob", "agent/*"] };
        });
        _bob = await _node.IssueAsync("bob", Scopes.MessagesRead, Scopes.MessagesWrite);
    }

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task What_a_person_says_reaches_the_agents_and_is_read_when_it_has_arrived()
    {
        await _node.SpawnReadyAsync("a1");
        await _node.SpawnReadyAsync("b1");
        var started = await _node.Client.StartConversationAsync(new StartConversationRequest { Id = "plan", Title = "the plan", Participants = ["me", "a1", "b1"] });
        Assert.Equal(("plan", "team", "active", 3), (started.Id, started.Kind, started.State, started.Participants.Length));
        await _node.Client.SayAsync("plan", new SayRequest { Text = "first" });
        var second = await _node.Client.SayAsync("plan", new SayRequest { Text = "second" });
        Assert.Equal((2, "client:admin"), (second.Number, second.From));
        var read = await Eventually.Value(() => _node.Client.GetConversationAsync("plan"), static c => c.Participants.All(static p => p.Unread == 0), "the agents have it");
        Assert.Equal(2, read.Messages);
        var prompts = await _node.Client.ListMessagesAsync("a1");
        Assert.Equal(("conversation/plan", "plan"), (prompts[0].From, prompts[0].Conversation));
        Assert.Equal(1, prompts.Count(static m => m.Text.Contains("\n  first", StringComparison.Ordinal)));
        Assert.Equal(1, prompts.Count(static m => m.Text.Contains("\n  second", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Agents_speak_and_see_only_where_they_are()
    {
        await _node.SpawnReadyAsync("a1");
        await _node.SpawnReadyAsync("b1");
        using var a = _node.ClientOf(await _node.IssueAsync("agent/a1", Scopes.MessagesRead, Scopes.MessagesWrite));
        using var b = _node.ClientOf(await _node.IssueAsync("agent/b1", Scopes.MessagesRead, Scopes.MessagesWrite));
        await _node.Client.StartConversationAsync(new StartConversationRequest { Id = "c1", Participants = ["me", "a1"] });
        Assert.Equal("a1", (await a.SayAsync("c1", new SayRequest { Text = "here" })).From);
        Assert.Equal(HttpStatusCode.NotFound, (await Assert.ThrowsAsync<ApiException>(() => b.SayAsync("c1", new SayRequest { Text = "me too" }))).Status);
        var counted = await Eventually.Value(() => _node.Client.ListViolationsAsync(), static v => v.Length == 1, "it is counted");
        Assert.Equal(("agent/b1", 1), (counted[0].Sender, counted[0].Counts["unauthorized_sender"]));
        Assert.Empty(await b.ListConversationsAsync());
        Assert.Equal("c1", Assert.Single(await a.ListConversationsAsync()).Id);
        Assert.Equal("forbidden", (await Assert.ThrowsAsync<ApiException>(() => a.LeaveConversationAsync("c1", "client:admin"))).Problem.Code);
        Assert.Equal("invalid", (await Assert.ThrowsAsync<ApiException>(() => b.StartConversationAsync(new StartConversationRequest { Participants = ["a1", "client:admin"] }))).Problem.Code);
    }

    [Fact]
    public async Task Only_participants_speak_and_a_recipient_that_is_not_there_is_refused()
    {
        await _node.SpawnReadyAsync("a1");
        await _node.SpawnReadyAsync("b1");
        Assert.Equal(("not-found", "unknown_recipient"), (await Assert.ThrowsAsync<ApiException>(() => _node.Client.StartConversationAsync(new StartConversationRequest { Participants = ["a1", "nobody"] }))) is var e ? (e.Problem.Code, e.Problem.Violation) : default);
        Assert.Equal("invalid", (await Assert.ThrowsAsync<ApiException>(() => _node.Client.StartConversationAsync(new StartConversationRequest { Participants = ["a1"] }))).Problem.Code);
        await _node.Client.StartConversationAsync(new StartConversationRequest { Id = "c1", Kind = "team", Participants = ["a1", "b1"] });
        var outside = (await Assert.ThrowsAsync<ApiException>(() => _node.Client.SayAsync("c1", new SayRequest { Text = "hello" }))).Problem;
        Assert.Equal(("forbidden", "unauthorized_sender"), (outside.Code, outside.Violation));
        await _node.Client.JoinConversationAsync("c1", "me");
        await _node.Client.SayAsync("c1", new SayRequest { Text = "hello" });
        Assert.Equal(2, (await _node.Client.LeaveConversationAsync("c1", "me")).Participants.Length);
        Assert.Equal("ended", (await _node.Client.LeaveConversationAsync("c1", "a1")).State);
    }

    [Fact]
    public async Task Who_may_not_send_messages_says_nothing_in_conversations_and_only_tokens_that_there_are_take_part()
    {
        using var eve = _node.ClientOf(await _node.IssueAsync("eve", Scopes.MessagesRead, Scopes.MessagesWrite));
        await _node.Client.StartConversationAsync(new StartConversationRequest { Id = "c1", Kind = "team", Participants = ["me", "client:bob", "client:eve"] });
        Assert.Equal("unauthorized_sender", (await Assert.ThrowsAsync<ApiException>(() => eve.SayAsync("c1", new SayRequest { Text = "hello" }))).Problem.Violation);
        foreach (var name in new[] { "client:nobody", "client:", "client:agent/a1" })
        {
            var problem = (await Assert.ThrowsAsync<ApiException>(() => _node.Client.JoinConversationAsync("c1", name))).Problem;
            Assert.Equal(("not-found", "unknown_recipient"), (problem.Code, problem.Violation));
        }

        var gone = await _node.IssueAsync("gone", Scopes.MessagesRead);
        await _node.RevokeAsync(gone);
        Assert.Equal("unknown_recipient", (await Assert.ThrowsAsync<ApiException>(() => _node.Client.JoinConversationAsync("c1", "client:gone"))).Problem.Violation);
    }

    [Fact]
    public async Task History_is_in_order_limited_and_searched_and_a_thread_begins_with_a_message()
    {
        await _node.Client.StartConversationAsync(new StartConversationRequest { Id = "c1", Participants = ["me", "client:bob"] });
        for (var i = 1; i <= 12; i++)
        {
            await _node.Client.SayAsync("c1", new SayRequest { Text = i % 5 == 0 ? $"budget {i}" : $"word {i}" });
        }

        Assert.Equal([10L, 11, 12], (await _node.Client.ListConversationMessagesAsync("c1", limit: 3)).Select(static m => m.Number));
        Assert.Equal([7L, 8, 9], (await _node.Client.ListConversationMessagesAsync("c1", limit: 3, before: 10)).Select(static m => m.Number));
        Assert.Equal([5L, 10], (await _node.Client.ListConversationMessagesAsync("c1", search: "BUDGET")).Select(static m => m.Number));
        var thread = await _node.Client.StartConversationAsync(new StartConversationRequest { Participants = ["me", "client:bob"], Parent = "c1", ParentNumber = 5 });
        Assert.Equal(("thread", "c1", 5L), (thread.Kind, thread.Parent, thread.ParentNumber));
        Assert.Equal("invalid", (await Assert.ThrowsAsync<ApiException>(() => _node.Client.StartConversationAsync(new StartConversationRequest { Participants = ["me", "client:bob"], Parent = "c1", ParentNumber = 13 }))).Problem.Code);
    }

    [Fact]
    public async Task A_summary_is_the_context_of_what_follows_and_the_whole_is_exported()
    {
        await _node.Client.StartConversationAsync(new StartConversationRequest { Id = "c1", Title = "release", Participants = ["me", "client:bob"] });
        await _node.Client.SayAsync("c1", new SayRequest { Text = "old" });
        await _node.Client.SummariseConversationAsync("c1", new SummaryRequest { Text = "nothing was decided" });
        await _node.Client.SayAsync("c1", new SayRequest { Text = "```\nnew", Priority = "high" });
        var context = await _node.Client.GetConversationContextAsync("c1");
        Assert.Equal(("nothing was decided", "```\nnew"), (context.Summary!.Text, Assert.Single(context.Messages).Text));
        Assert.Equal(2, (await _node.Client.ExportConversationAsync("c1")).Messages.Length);
        var markdown = await _node.Client.ExportConversationMarkdownAsync("c1");
        Assert.StartsWith("# release\n", markdown, StringComparison.Ordinal);
        Assert.Contains("\n````text\n```\nnew\n````\n", markdown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reading_marks_what_is_read_and_unread_is_counted_for_each()
    {
        await _node.Client.StartConversationAsync(new StartConversationRequest { Id = "c1", Participants = ["me", "client:bob"] });
        for (var i = 0; i < 3; i++)
        {
            await _node.Client.SayAsync("c1", new SayRequest { Text = "word" });
        }

        using var bob = _node.ClientOf(_bob);
        Assert.Equal(3, Unread(await _node.Client.GetConversationAsync("c1")));
        Assert.Equal(1, Unread(await bob.MarkReadAsync("c1", new ReadRequest { Through = 2 })));
        Assert.Equal(0, Unread(await bob.MarkReadAsync("c1", new ReadRequest())));
    }

    [Fact]
    public async Task A_conversation_becomes_idle_by_itself_and_lives_through_a_restart()
    {
        await _node.Client.StartConversationAsync(new StartConversationRequest { Id = "c1", Participants = ["me", "client:bob"], IdleAfterSeconds = 0.5 });
        var id = MessageId.New(TimeProvider.System);
        await _node.Client.SayAsync("c1", new SayRequest { Id = id, Text = "word" });
        await _node.StopAsync();
        await _node.StartAgainAsync();
        await Eventually.Value(() => _node.Client.GetConversationAsync("c1"), static c => c.State == "idle", "it is idle");
        Assert.Equal(1, (await _node.Client.SayAsync("c1", new SayRequest { Id = id, Text = "word" })).Number);
        Assert.Equal(1, (await _node.Client.GetConversationAsync("c1")).Messages);
    }

    private static long Unread(ConversationInfo conversation) => conversation.Participants.Single(static p => p.Name == "client:bob").Unread;
}
