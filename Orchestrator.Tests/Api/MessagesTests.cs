using System.Net;
using Orchestrator.Client;

namespace Orchestrator.Tests.Api;

public sealed class MessagesTests : IAsyncLifetime
{
    private ApiNode _node = null!;

    public async Task InitializeAsync() => _node = await ApiNode.StartAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task A_message_is_delivered_and_each_step_has_its_evidence()
    {
        await _node.SpawnReadyAsync("a1");
        var sent = await _node.Client.SendMessageAsync(new SendRequest { To = "a1", Text = "hello\n#{x} ; 漢 😀", Priority = "high" });
        Assert.Equal(("a1", "client:admin", "high"), (sent.To, sent.From, sent.Priority));
        var confirmed = await UntilAsync(sent, static m => m.State == "confirmed");
        Assert.Equal(["accepted", "queued", "typed", "submitted", "confirmed"], confirmed.Steps.Select(static s => s.State));
        Assert.Equal("transcript", confirmed.Steps[^1].Evidence);
        Assert.Equal("hello\n#{x} ; 漢 😀", confirmed.Text);
    }

    [Fact]
    public async Task The_same_id_is_one_message_also_after_its_delivery_and_after_a_restart()
    {
        await _node.SpawnReadyAsync("a1");
        var request = new SendRequest { Id = Client.MessageId.New(TimeProvider.System), To = "a1", Text = "once" };
        Assert.Equal(HttpStatusCode.Accepted, await StatusAsync(request));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(request));
        await UntilAsync(await _node.Client.GetMessageAsync(request.Id), static m => m.State == "confirmed");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(request));
        await _node.StopAsync();
        await _node.StartAgainAsync();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(request));
        Assert.Single(await _node.Client.ListMessagesAsync("a1"));
        Assert.Equal(1, (await _node.Client.GetHistoryAsync("a1", limit: 1000)).Count(static e => e.Type == "message.accepted.v1"));
    }

    [Theory]
    [InlineData("a1", "other", "medium")]
    [InlineData("a1", "once", "urgent")]
    [InlineData("a2", "once", "medium")]
    public async Task A_used_id_with_another_content_is_refused(string to, string text, string priority)
    {
        await _node.SpawnAsync("a1");
        await _node.SpawnAsync("a2");
        var id = Client.MessageId.New(TimeProvider.System);
        await _node.Client.SendMessageAsync(new SendRequest { Id = id, To = "a1", Text = "once" });
        var refused = await Assert.ThrowsAsync<ApiException>(() => _node.Client.SendMessageAsync(new SendRequest { Id = id, To = to, Text = text, Priority = priority }));
        Assert.Equal((HttpStatusCode.Conflict, "already-exists"), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task Twenty_senders_of_one_id_at_once_make_one_message()
    {
        await _node.SpawnReadyAsync("a1");
        var request = new SendRequest { Id = Client.MessageId.New(TimeProvider.System), To = "a1", Text = "once" };
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => StatusAsync(request)));
        Assert.Equal(1, answers.Count(static s => s == HttpStatusCode.Accepted));
        Assert.Equal(19, answers.Count(static s => s == HttpStatusCode.OK));
        Assert.Equal(1, (await _node.Client.GetHistoryAsync("a1", limit: 1000)).Count(static e => e.Type == "message.accepted.v1"));
    }

    [Fact]
    public async Task A_message_that_found_the_queue_full_is_taken_later_under_its_id()
    {
        await _node.SpawnAsync("a1", "shell", "no-such-program");
        await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => _node.Client.SendMessageAsync(new SendRequest { To = "a1", Text = $"hold {i}" })));
        var late = new SendRequest { Id = Client.MessageId.New(TimeProvider.System), To = "a1", Text = "late" };
        foreach (var _ in Enumerable.Range(0, 3))
        {
            var refused = await Assert.ThrowsAsync<ApiException>(() => _node.Client.SendMessageAsync(late));
            Assert.Equal((HttpStatusCode.TooManyRequests, "overloaded"), (refused.Status, refused.Code));
        }

        Assert.Equal(1000, (await _node.Client.GetInboxAsync("a1")).Length);
        await _node.Client.EndAgentAsync("a1", force: true);
        await _node.SpawnReadyAsync("a1");
        Assert.Equal(HttpStatusCode.Accepted, await StatusAsync(late));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(late));
        await UntilAsync(await _node.Client.GetMessageAsync(late.Id), static m => m.State == "confirmed");
    }

    [Fact]
    public async Task An_inbox_shows_what_waits_in_the_order_of_typing()
    {
        await _node.SpawnAsync("a1", "shell", "no-such-program");
        foreach (var (text, priority) in new[] { ("b", "low"), ("c", "medium"), ("d", "urgent"), ("e", "medium") })
        {
            await _node.Client.SendMessageAsync(new SendRequest { To = "a1", Text = text, Priority = priority });
        }

        Assert.Equal(["d", "c", "e", "b"], (await _node.Client.GetInboxAsync("a1")).Select(static m => m.Text));
        Assert.Equal(4, (await _node.Client.GetAgentAsync("a1")).QueueLength);
    }

    [Fact]
    public async Task Messages_are_listed_by_agent_and_state_in_pages()
    {
        await _node.SpawnReadyAsync("a1");
        await _node.SpawnAsync("a2", "shell", "no-such-program");
        foreach (var i in Enumerable.Range(0, 5))
        {
            await UntilAsync(await _node.Client.SendMessageAsync(new SendRequest { To = "a1", Text = $"{i}" }), static m => m.State == "confirmed");
            await _node.Client.SendMessageAsync(new SendRequest { To = "a2", Text = $"{i}" });
        }

        var first = await _node.Client.ListMessagesAsync("a1", "confirmed", limit: 3);
        var second = await _node.Client.ListMessagesAsync("a1", "confirmed", first[^1].Id, limit: 3);
        Assert.Equal(["0", "1", "2", "3", "4"], first.Concat(second).Select(static m => m.Text));
        Assert.Equal(5, (await _node.Client.ListMessagesAsync(state: "queued")).Length);
    }

    [Fact]
    public async Task A_message_that_cannot_be_delivered_says_why_and_one_in_time_expires()
    {
        await _node.SpawnReadyAsync("a1");
        var failed = await UntilAsync(await _node.Client.SendMessageAsync(new SendRequest { To = "a1", Text = "reject" }), static m => m.State == "failed");
        Assert.Equal(("the program does not take it", false), (failed.Reason, failed.Undecidable));
        await _node.SpawnAsync("a2", "shell", "no-such-program");
        var expired = await UntilAsync(await _node.Client.SendMessageAsync(new SendRequest { To = "a2", Text = "soon", ExpiresInSeconds = 0.2 }), static m => m.State == "expired");
        Assert.NotNull(expired.ExpiresAt);
    }

    [Theory]
    [InlineData("a1", "", null, null, null)]
    [InlineData("a1", "x", "loud", null, null)]
    [InlineData("a1", "x", null, -1.0, null)]
    [InlineData("a1", "x", null, null, "not-a-ulid")]
    [InlineData("a1", "too long", null, null, null)]
    public async Task A_message_that_makes_no_sense_is_refused(string to, string text, string? priority, double? expires, string? id)
    {
        await _node.SpawnReadyAsync("a1");
        var body = text == "too long" ? new string('x', 300_000) : text;
        var refused = await Assert.ThrowsAsync<ApiException>(() => _node.Client.SendMessageAsync(new SendRequest { To = to, Text = body, Priority = priority, ExpiresInSeconds = expires, Id = id }));
        Assert.Equal("invalid", refused.Code);
    }

    private async Task<HttpStatusCode> StatusAsync(SendRequest request)
    {
        using var http = _node.Http(_node.AdminToken);
        using var response = await http.PostAsync("/api/v1/messages", new ByteArrayContent(global::System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(request, ApiJson.Wire.SendRequest)) { Headers = { ContentType = new("application/json") } });
        return response.StatusCode;
    }

    private async Task<MessageInfo> UntilAsync(MessageInfo message, Func<MessageInfo, bool> until)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await _node.Client.WaitForMessageAsync(message, until, limit.Token);
    }
}
