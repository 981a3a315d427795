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
    public async Task A_call_has_one_deadline_over_all_its_tries_and_its_error_says_what_was_tried_and_what_is_not_known()
    {
        var time = new HastyTime();
        var wire = new SlowWire(time, TimeSpan.FromSeconds(15), () => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) { Content = new StringContent("""{"title":"no","status":503,"detail":"the owner was not reached"}""") });
        using var client = new OrchestratorClient(new NodeConnection(First, "token", "the test"), wire, time);
        var write = await Assert.ThrowsAsync<ApiException>(() => client.DrainNodeAsync("n1"));
        Assert.Equal(("the owner was not reached (tried 2 times in 18.0 s; it may have been carried out: look before you repeat it)", true, 2), (write.Message, write.MayHaveHappened, wire.Count));

        var read = await Assert.ThrowsAsync<ApiException>(() => client.ListNodesAsync());
        Assert.Equal(("the owner was not reached (tried 2 times in 18.0 s)", false), (read.Message, read.MayHaveHappened));
    }

    [Fact]
    public async Task A_node_that_says_nothing_is_not_waited_for_for_ever()
    {
        var time = new HastyTime();
        using var client = new OrchestratorClient(new NodeConnection(First, "token", "the test"), new SlowWire(time, TimeSpan.FromDays(1), () => throw new NotSupportedException("it never answers")), time) { Patience = TimeSpan.FromSeconds(7) };
        var silent = await Assert.ThrowsAsync<NodeUnreachableException>(() => client.DrainNodeAsync("n1"));
        Assert.Contains("(no answer in this time; tried once in 7.0 s; it may have been carried out", silent.Message, StringComparison.Ordinal);
        Assert.True(silent.MayHaveHappened);
    }

    [Fact]
    public async Task What_met_no_node_at_all_was_not_carried_out()
    {
        var time = new HastyTime();
        using var client = new OrchestratorClient(new NodeConnection(First, "token", "the test"), new SlowWire(time, TimeSpan.Zero, () => throw new HttpRequestException(HttpRequestError.ConnectionError, "refused")), time);
        var nobody = await Assert.ThrowsAsync<NodeUnreachableException>(() => client.DrainNodeAsync("n1"));
        Assert.Contains("(refused; tried 4 times in 0.0 s; it was not carried out)", nobody.Message, StringComparison.Ordinal);
        Assert.False(nobody.MayHaveHappened);
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

    /// <summary>Lets time pass before each answer, unless the call is given up before.</summary>
    private sealed class SlowWire(HastyTime time, TimeSpan takes, Func<HttpResponseMessage> answer) : HttpMessageHandler
    {
        public int Count { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Count++;
            time.Pass(takes);
            return cancellationToken.IsCancellationRequested ? Task.FromCanceled<HttpResponseMessage>(cancellationToken) : Task.FromResult(answer());
        }
    }

    /// <summary>Its pauses are over at once; a deadline comes when the test lets time pass, and no time passes after it.</summary>
    private sealed class HastyTime : TimeProvider
    {
        private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);
        private readonly List<Deadline> _deadlines = [];
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Pass(TimeSpan by)
        {
            var end = _now + by.Ticks;
            _now = _deadlines.Where(static d => !d.IsOver).Select(static d => d.At).Append(end).Min();
            foreach (var due in _deadlines.Where(d => !d.IsOver && d.At <= _now).ToList())
            {
                due.Fire();
            }
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime <= LongestPause && dueTime != Timeout.InfiniteTimeSpan)
            {
                return base.CreateTimer(callback, state, TimeSpan.Zero, period);
            }

            var deadline = new Deadline(callback, state, dueTime == Timeout.InfiniteTimeSpan ? long.MaxValue : _now + dueTime.Ticks);
            _deadlines.Add(deadline);
            return deadline;
        }

        private sealed class Deadline(TimerCallback callback, object? state, long at) : ITimer
        {
            public long At => at;

            public bool IsOver { get; private set; }

            public void Fire()
            {
                IsOver = true;
                callback(state);
            }

            public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException("no deadline is moved");

            public void Dispose() => IsOver = true;

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
