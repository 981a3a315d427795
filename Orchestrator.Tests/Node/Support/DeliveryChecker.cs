using System.Collections.Concurrent;

using Orchestrator.Client;
using Orchestrator.Tests.Tmux;

namespace Orchestrator.Tests.Node.Support;

/// <summary>
/// Compares what was acknowledged with what the fake agents say was submitted: nothing lost, nothing twice, nothing cut, nothing out of order, nothing that nobody sent.
/// </summary>
internal sealed class DeliveryChecker
{
    private readonly ConcurrentDictionary<string, Sent> _sent = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string To, string Lane), ConcurrentQueue<string>> _order = new();

    private sealed record Sent(string To, string Text, string Lane, bool Acknowledged);

    public int Acknowledged => _sent.Values.Count(static s => s.Acknowledged);

    public IEnumerable<string> AcknowledgedIds => _sent.Where(static s => s.Value.Acknowledged).Select(static s => s.Key);

    /// <summary>How many messages to this agent were acknowledged.</summary>
    public int AcknowledgedTo(string agent) => _order.Where(order => order.Key.To == agent).Sum(static order => order.Value.Count);

    /// <summary>A message is about to be sent: until it is acknowledged it may arrive or not. Order is promised among those to one agent in one <paramref name="lane"/>, a priority for example.</summary>
    public void About(string id, string to, string text, string lane = "") => _sent[id] = new Sent(to, text, lane, Acknowledged: false);

    /// <summary>The node has acknowledged it.</summary>
    public void Has(string id)
    {
        var sent = _sent[id];
        if (!sent.Acknowledged)
        {
            _sent[id] = sent with { Acknowledged = true };
            _order.GetOrAdd((sent.To, sent.Lane), static _ => []).Enqueue(id);
        }
    }

    /// <summary>Whether all that was acknowledged was submitted.</summary>
    public bool AllArrived(IEnumerable<FakeAgentOnNode> agents) => !Missing(agents).Any();

    /// <summary>What was acknowledged and has not been submitted so far.</summary>
    public IEnumerable<string> Missing(IEnumerable<FakeAgentOnNode> agents)
    {
        var submitted = agents.SelectMany(static a => a.Log()).Select(static s => s.Id).ToHashSet(StringComparer.Ordinal);
        return AcknowledgedIds.Where(id => !submitted.Contains(id));
    }

    /// <summary>Everything that is wrong, a line each; empty if nothing is. What <paramref name="undecidable"/> names may have been submitted or not, once; what <paramref name="own"/> takes is the orchestrator's own.</summary>
    public IReadOnlyList<string> Violations(IReadOnlyList<FakeAgentOnNode> agents, IEnumerable<MessageInfo> messages, IReadOnlySet<string>? undecidable = null, Func<Submitted, bool>? own = null)
    {
        var violations = new List<string>();
        foreach (var agent in agents)
        {
            var log = agent.Log();
            violations.AddRange(log.GroupBy(static s => s.Id ?? string.Empty, StringComparer.Ordinal).Where(static g => g.Key.Length > 0 && g.Count() > 1).Select(g => $"doubled: {g.Key} was submitted {g.Count()} times to {agent.Name}"));
            violations.AddRange(log.Where(s => own?.Invoke(s) is not true).SelectMany(s => Wrong(agent, s)));
            foreach (var ((_, lane), acknowledged) in _order.Where(order => order.Key.To == agent.Name))
            {
                var arrived = log.Select(static s => s.Id).Where(id => id is not null && _sent.TryGetValue(id, out var sent) && sent.Acknowledged && sent.Lane == lane).ToList();
                var seen = arrived.ToHashSet(StringComparer.Ordinal);
                var order = acknowledged.Where(seen.Contains).ToList();
                if (arrived.Zip(order).Select(static (pair, at) => (pair.First, pair.Second, At: at)).FirstOrDefault(static got => got.First != got.Second) is { First: { } wrong } first)
                {
                    violations.Add($"order: {agent.Name} got {wrong} for {first.Second} as number {first.At + 1}{(lane.Length > 0 ? $" of {lane}" : string.Empty)}");
                }

                violations.AddRange(acknowledged.Where(id => !seen.Contains(id) && undecidable?.Contains(id) is not true).Select(id => $"lost: {id} was acknowledged and never submitted to {agent.Name}"));
            }
        }

        violations.AddRange(messages.Where(m => m.State is "failed" or "dead_letter" && undecidable?.Contains(m.Id) is not true).Select(static m => $"surfaced: {m.Id} is {m.State}: {m.Reason}"));
        return violations;
    }

    private IEnumerable<string> Wrong(FakeAgentOnNode agent, Submitted submitted)
    {
        if (submitted.Id is null || !_sent.TryGetValue(submitted.Id, out var sent))
        {
            yield return $"unexpected: {agent.Name} got a text of {submitted.Bytes} bytes that nobody sent: {submitted.Text}";
        }
        else if (sent.To != agent.Name)
        {
            yield return $"misrouted: {submitted.Id} for {sent.To} came to {agent.Name}";
        }
        else if (!FakeAgentOnNode.IsWhole(submitted, sent.Text))
        {
            yield return $"corrupt: {submitted.Id} has {submitted.Bytes} bytes and is not what was sent";
        }
    }
}
