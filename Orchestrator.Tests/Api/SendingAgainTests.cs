using System.Net;
using System.Text;

using Orchestrator.Client;

namespace Orchestrator.Tests.Api;

/// <summary>What the client sends again by itself, and where.</summary>
public sealed class SendingAgainTests
{
    private static readonly Uri First = new("http://127.0.0.1:1001");
    private static readonly Uri Second = new("http://127.0.0.1:1002");

    [Fact]
    public async Task A_write_that_could_not_be_served_just_then_is_sent_again_under_the_same_id()
    {
        var wire = new ScriptedWire(HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK);
        using var client = new OrchestratorClient(new NodeConnection(First, "token", "the test"), wire, new HastyTime());
        await client.DrainNodeAsync("n1");
        Assert.Equal(3, wire.Seen.Count);
        Assert.Single(wire.Seen.Select(static seen => seen.Id).Distinct(StringComparer.Ordinal));
        Assert.NotNull(wire.Seen[0].Id);
    }

    [Fact]
    public async Task What_stays_unavailable_is_told_and_what_was_refused_is_not_sent_again()
    {
        var away = new ScriptedWire([.. Enumerable.Repeat<HttpStatusCode?>(HttpStatusCode.ServiceUnavailable, 20)]);
        using (var client = new OrchestratorClient(new NodeConnection(First, "token", "the test"), away, new HastyTime()))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await Assert.ThrowsAsync<ApiException>(() => client.DrainNodeAsync("n1"))).Status);
            Assert.Equal(4, away.Seen.Count);
        }

        var refusing = new ScriptedWire(HttpStatusCode.Conflict, HttpStatusCode.OK);
        using (var client = new OrchestratorClient(new NodeConnection(First, "token", "the test"), refusing, new HastyTime()))
        {
            await Assert.ThrowsAsync<ApiException>(() => client.DrainNodeAsync("n1"));
            Assert.Single(refusing.Seen);
        }
    }

    [Fact]
    public async Task Where_there_are_several_addresses_the_next_is_asked_at_once_and_stays_the_one_to_ask()
    {
        var wire = new ScriptedWire(null, HttpStatusCode.OK, HttpStatusCode.OK);
        using var client = new OrchestratorClient(new NodeConnection(First, "token", "the test") { Others = [Second] }, wire, new HastyTime());
        await client.DrainNodeAsync("n1");
        await client.DrainNodeAsync("n2");
        Assert.Equal([First, Second, Second], wire.Seen.Select(static seen => seen.Address));
        Assert.Equal(wire.Seen[0].Id, wire.Seen[1].Id);
        Assert.NotEqual(wire.Seen[1].Id, wire.Seen[2].Id);

        var dead = new ScriptedWire([.. Enumerable.Repeat<HttpStatusCode?>(null, 20)]);
        using var lost = new OrchestratorClient(new NodeConnection(First, "token", "the test") { Others = [Second] }, dead, new HastyTime());
        Assert.Contains("http://127.0.0.1:1001/ or http://127.0.0.1:1002/", (await Assert.ThrowsAsync<NodeUnreachableException>(() => lost.DrainNodeAsync("n1"))).Message, StringComparison.Ordinal);
        Assert.Equal(8, dead.Seen.Count);
    }

    [Fact]
    public void Several_addresses_are_named_with_commas_between_them()
    {
        var found = NodeLocator.Find(new NodeChoice("https://l1:7718, https://l2:7718", "token"));
        Assert.Equal((new Uri("https://l1:7718"), "token"), (found.Address, found.Token));
        Assert.Equal(new Uri("https://l2:7718"), Assert.Single(found.Others));
        Assert.Contains("'l2' is not an address", Assert.Throws<NoNodeException>(() => NodeLocator.Find(new NodeChoice("https://l1:7718,l2", "token"))).Message, StringComparison.Ordinal);
    }

    /// <summary>Answers as told, one request after the other; null breaks the connection.</summary>
    private sealed class ScriptedWire(params HttpStatusCode?[] answers) : HttpMessageHandler
    {
        public List<(Uri Address, string? Id)> Seen { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Seen.Add((new Uri(request.RequestUri!.GetLeftPart(UriPartial.Authority)), request.Headers.TryGetValues(OrchestratorClient.IdempotencyHeader, out var id) ? id.Single() : null));
            return answers[Seen.Count - 1] switch
            {
                null => throw new HttpRequestException("the connection broke"),
                HttpStatusCode.OK => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = Json("""{"name":"n1","state":"up","incarnation":1,"address":"","roles":[],"labels":[],"version":"1","beats":1,"shards":0,"agents":0,"drained":true,"staysLost":false,"isSelf":true}""") }),
                { } status => Task.FromResult(new HttpResponseMessage(status) { Content = Json($$"""{"title":"no","status":{{(int)status}},"detail":"not now"}""") }),
            };
        }

        private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
    }

    /// <summary>Its pauses are over at once.</summary>
    private sealed class HastyTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
