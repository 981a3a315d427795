using System.Diagnostics;
using System.Globalization;

using Orchestrator.Client;
using Orchestrator.Tests.Node.Support;
using Orchestrator.Tests.Support;
using Orchestrator.Tests.Tmux;

using Xunit.Sdk;

namespace Orchestrator.Tests.Cluster.Chaos;

/// <summary>What a run is to be.</summary>
/// <param name="Seed">What faults and messages follow from.</param>
/// <param name="Lasts">For how long faults are made.</param>
/// <param name="Longest">How long one fault lasts at most.</param>
/// <param name="Kinds">Which faults may come.</param>
internal sealed record ChaosPlan(int Seed, TimeSpan Lasts, TimeSpan Longest, IReadOnlyCollection<ChaosFaultKind> Kinds);

/// <summary>
/// Faults by a seed while messages flow through three nodes to thirty agents. Judged from outside: by what the agents wrote down, by what was acknowledged to the senders, and by what triggers in the database wrote down about owners.
/// </summary>
internal sealed class ChaosRun(ChaosCluster cluster, ChaosPlan plan, Action<string> say)
{
    private const int AgentsPerNode = 10;
    private const int MostAskedFor = 100;
    private static readonly TimeSpan Generous = TimeSpan.FromMinutes(5);
    private readonly DeliveryChecker _checker = new();
    private readonly List<ChaosFault> _made = [];

    /// <summary>Makes the run and judges it.</summary>
    public async Task<ChaosResult> RunAsync()
    {
        var agents = await cluster.SpawnAsync(AgentsPerNode);
        var load = new ChaosLoad(cluster.Nodes, _checker);
        using var stopping = new CancellationTokenSource();
        var watch = Stopwatch.StartNew();
        var sending = agents.Select((agent, i) => load.SendAsync(agent, unchecked((plan.Seed * 1000) + (i * 10)), stopping.Token)).ToArray();
        await MakeFaultsAsync(watch);
        await stopping.CancelAsync();
        await Task.WhenAll(sending);
        var lasted = watch.Elapsed;
        say(string.Create(CultureInfo.InvariantCulture, $"{_made.Count} faults are over after {lasted.TotalSeconds:0} s, {_checker.Acknowledged} messages acknowledged; waiting for the last to arrive"));
        var findings = new List<string>();
        watch.Restart();
        var messages = await DrainedAsync(agents, findings);
        var drained = watch.Elapsed;
        return await JudgedAsync(agents, messages, findings) with { Lasted = lasted, Drained = drained, Through = long.PopCount(load.Through), Faults = [.. _made] };
    }

    private async Task MakeFaultsAsync(Stopwatch watch)
    {
        var lasting = new List<(ChaosFault Fault, Task Over)>();
        foreach (var fault in ChaosFault.Of(plan.Seed, plan.Kinds, cluster.Nodes.Count, plan.Longest))
        {
            // One after the other, and two at a time where the first says so and they strike different things.
            while (lasting.Count > 0 && !(lasting is [({ Overlaps: true } first, _)] && first.GoesWith(fault)))
            {
                await lasting[0].Over;
                lasting.RemoveAt(0);
            }

            await Task.Delay(fault.Before);
            if (watch.Elapsed > plan.Lasts)
            {
                break;
            }

            say(string.Create(CultureInfo.InvariantCulture, $"{watch.Elapsed:mm\\:ss} {fault} ({_checker.Acknowledged} messages acknowledged so far)"));
            _made.Add(fault);
            lasting.Add((fault, cluster.MakeAsync(fault)));
        }

        await Task.WhenAll(lasting.Select(static fault => fault.Over));
    }

    /// <summary>Waits until the cluster is whole and every message has arrived or is shown as undecidable. What does not come to that is a finding.</summary>
    private async Task<IReadOnlyList<MessageInfo>> DrainedAsync(IReadOnlyList<ChaosAgent> agents, List<string> findings)
    {
        try
        {
            await cluster.SettledAsync(Generous);
            var fakes = agents.Select(static agent => agent.Fake).ToList();
            var client = cluster.Nodes[0].Client!;
            await Eventually.True(() => ArrivedAsync(client, fakes), "every acknowledged message has arrived", Generous);
            foreach (var agent in agents)
            {
                await Eventually.True(async () => (await client.GetAgentAsync(agent.Fake.Name)).State == "idle", $"{agent.Fake.Name} is idle", Generous);
            }

            return await MessagesAsync(client, agents);
        }
        catch (Exception e) when (e is XunitException or OrchestratorException)
        {
            findings.Add($"stuck: {e.Message}");
            findings.AddRange(await ExplainedAsync(agents));
            return [];
        }
    }

    /// <summary>Whether all that was acknowledged has arrived, but for what is shown as undecidable.</summary>
    private async Task<bool> ArrivedAsync(OrchestratorClient client, IReadOnlyList<FakeAgentOnNode> agents)
    {
        var missing = _checker.Missing(agents).ToList();
        if (missing.Count <= MostAskedFor && (await Task.WhenAll(missing.Select(id => client.GetMessageAsync(id)))).All(static message => message.Undecidable))
        {
            return true;
        }

        await Task.Delay(TimeSpan.FromSeconds(1));
        return false;
    }

    private async Task<ChaosResult> JudgedAsync(IReadOnlyList<ChaosAgent> agents, IReadOnlyList<MessageInfo> messages, List<string> findings)
    {
        var undecidable = Undecidable(messages);
        findings.AddRange(_checker.Violations([.. agents.Select(static agent => agent.Fake)], messages, undecidable, IsBriefing));
        var moves = 0;
        foreach (var agent in agents)
        {
            findings.AddRange(agent.Findings(out var generations));
            moves += generations - 1;

            // A message may have been on its way into a pane that was ended; nothing else cannot be told.
            var unclear = messages.Count(m => m.Undecidable && m.To == agent.Fake.Name);
            if (unclear > generations - 1)
            {
                findings.Add(string.Create(CultureInfo.InvariantCulture, $"undecidable: {unclear} messages to {agent.Fake.Name}, which has lost {generations - 1} panes: {string.Join("; ", messages.Where(m => m.Undecidable && m.To == agent.Fake.Name).Select(static m => $"{m.Id} {m.Reason}"))}"));
            }
        }

        var known = messages.Select(static m => m.Id).ToHashSet(StringComparer.Ordinal);
        findings.AddRange(messages.Count == 0 ? [] : _checker.AcknowledgedIds.Where(id => !known.Contains(id)).Select(static id => $"unseen: {id} was acknowledged, and no list of messages shows it"));
        foreach (var node in cluster.Nodes.Where(static node => node.Ended > 0))
        {
            findings.Add(string.Create(CultureInfo.InvariantCulture, $"ended: {node.Name} has ended by itself {node.Ended} times: {Tail(node.Process.Log)}"));
        }

        var (writes, fenced) = await OwnersLog.ReadAsync(cluster.Database.Connection);
        findings.AddRange(fenced);
        return new ChaosResult(plan, findings) { Acknowledged = _checker.Acknowledged, Undecidable = undecidable.Count, Moves = moves, Writes = writes };
    }

    /// <summary>What an agent is told that was started anew: the orchestrator says it, and only to one that has moved.</summary>
    private static bool IsBriefing(Submitted submitted) => submitted is { Writer: "orchestrator", Generation: not "1" };

    private static HashSet<string> Undecidable(IEnumerable<MessageInfo> messages) => [.. messages.Where(static m => m.Undecidable).Select(static m => m.Id)];

    private static async Task<IReadOnlyList<MessageInfo>> MessagesAsync(OrchestratorClient client, IEnumerable<ChaosAgent> agents)
    {
        const int Page = 500;
        var all = new List<MessageInfo>();
        foreach (var agent in agents)
        {
            for (string? after = null; ;)
            {
                var page = await client.ListMessagesAsync(agent.Fake.Name, after: after, limit: Page);
                all.AddRange(page);
                if (page.Length < Page)
                {
                    break;
                }

                after = page[^1].Id;
            }
        }

        return all;
    }

    /// <summary>What every agent that is not at rest waits for.</summary>
    private async Task<IReadOnlyList<string>> ExplainedAsync(IEnumerable<ChaosAgent> agents)
    {
        var lines = new List<string>();
        try
        {
            foreach (var agent in agents)
            {
                var explained = await cluster.Nodes[0].Client!.ExplainAsync(agent.Fake.Name);
                var open = (await cluster.Nodes[0].Client!.ListMessagesAsync(agent.Fake.Name, limit: 500)).Where(static m => m.State is not ("confirmed" or "submitted")).Take(3).Select(static m => $"{m.Id} is {m.State}: {m.Reason}").ToList();
                if (open.Count > 0 || explained.Agent.State != "idle")
                {
                    lines.Add($"  {agent.Fake.Name} on {explained.Agent.Node}: {explained.Agent.State}/{explained.Agent.Activity}, {explained.Decided}; {explained.Waiting}; {explained.Agent.QueueLength} queued; {string.Join(" | ", explained.Facts.Select(static f => f.Evidence))}; {string.Join("; ", open)}; screen: {string.Join(" / ", explained.Screen.Where(static line => line.Length > 0).TakeLast(3))}");
                }
            }
        }
        catch (OrchestratorException e)
        {
            lines.Add($"  {e.Message}");
        }

        lines.AddRange(cluster.Nodes.Select(static node => $"  {node.Name}: {Tail(node.Process.Log)}"));
        return lines;
    }

    private static string Tail(string log) => log[^Math.Min(log.Length, 4000)..];
}
