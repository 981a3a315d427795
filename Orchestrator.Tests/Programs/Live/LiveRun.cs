using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Orchestrator.Client;
using Orchestrator.Node.Profiles;
using Orchestrator.Tests.Node.Profiles;
using Orchestrator.Tests.Programs.Model;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Programs.Live;

/// <summary>
/// A real program under a real node: messages of mixed kinds at random moments, and looks at its state at random
/// moments, both held against what the scripted model knows. The looks of the last part are those that count, those before it are told too.
/// </summary>
internal sealed partial class LiveRun(ProgramNode node, IReadOnlyList<LivePart> parts, int seed, string? profile = null)
{
    private const string Agent = "a";
    private static readonly TimeSpan AskedWithin = TimeSpan.FromSeconds(20);
    // Each used by one task only.
    private readonly Random _moments = new(seed);
    private readonly Random _looks = new(seed + 3);
    private readonly Random _decisions = new(seed + 4);
    private readonly List<(string Id, string Text, bool WhenIdle)> _sent = [];
    private readonly List<WrongLook> _wrong = [];
    private readonly List<List<LiveProbe>> _probed = [];
    private readonly List<string> _problems = [];
    private LivePart _part = parts[0];
    private TurnChange? _answered;
    private int _ended;

    public async Task<LiveFigures> RunAsync()
    {
        var texts = new Queue<string>(LiveTexts.Of(parts.Sum(static part => part.Messages), new Random(seed + 2)));
        var random = new Random(seed + 1);
        node.Model.Script = new LiveModel(node.Program, random, parts[0].Pace).Next;
        await node.SpawnReadyAsync(Agent, profile);
        using var over = new CancellationTokenSource();
        var approving = ApproveAsync(over.Token);
        var ended = new List<MessageInfo>();
        try
        {
            foreach (var part in parts)
            {
                _part = part;
                _probed.Add([]);
                node.Model.Script = new LiveModel(node.Program, random, part.Pace).Next;
                await RunAsync(part, texts);
            }

            foreach (var (id, _, _) in _sent)
            {
                ended.Add(await node.EndedAsync(Agent, id));
            }
        }
        finally
        {
            await over.CancelAsync();
            await approving;
        }

        return Figures(ended);
    }

    private async Task RunAsync(LivePart part, Queue<string> texts)
    {
        var sending = SendAsync(part, texts);
        await ProbeAsync(part, sending);
        await sending;
        await Eventually.True(async () => await IsIdleAsync() && _ended == _sent.Count, "all messages have ended", ProgramNode.Patience);

        // A program may have written the last one down, which proves it, before it asks the model. What does not come at all is found out by the figures.
        var waited = Stopwatch.StartNew();
        while (!HasArrived(_sent[^1].Id) && waited.Elapsed < AskedWithin)
        {
            await Task.Delay(50, CancellationToken.None);
        }

        await Eventually.True(IsIdleAsync, "the last turn is over", ProgramNode.Patience);
    }

    private bool HasArrived(string id) => node.Model.Messages.Any(message => message.Text.Contains(id, StringComparison.Ordinal));

    private async Task SendAsync(LivePart part, Queue<string> texts)
    {
        for (var sent = 0; sent < part.Messages; sent++)
        {
            var text = texts.Dequeue();
            var whenIdle = _moments.Next(3) > 0;
            if (whenIdle)
            {
                await Eventually.True(IsIdleAsync, "the agent is idle and has nothing to do", ProgramNode.Patience);
            }

            await Task.Delay(_moments.Next(part.Pace.Pausing.Least, part.Pace.Pausing.Most));
            whenIdle = whenIdle && await IsIdleAsync();
            _sent.Add((await node.SendAsync(Agent, text), text, whenIdle));
        }
    }

    private async Task<bool> IsIdleAsync()
    {
        await NoneHasFailedAsync();
        return await node.Client.GetAgentAsync(Agent) is { State: "idle", Activity: "ready", QueueLength: 0 } && node.Model.Turns[^1].Phase == TurnPhase.Idle;
    }

    /// <summary>What has failed may block the rest: no need to wait for that.</summary>
    private async Task NoneHasFailedAsync()
    {
        for (; _ended < _sent.Count; _ended++)
        {
            var message = await node.Client.GetMessageAsync(_sent[_ended].Id);
            if (message.State is "failed" or "expired" or "dead_letter")
            {
                Assert.Fail($"{message.Id} is {message.State}: {message.Reason}\n{string.Join('\n', message.Steps)}\n{Start(message.Text)}\n{await node.DiagnosisAsync(Agent)}");
            }

            if (message.State is not ("submitted" or "confirmed"))
            {
                return;
            }
        }
    }

    /// <summary>A person who answers each dialog a moment after it is shown, and again if it still stands there.</summary>
    private async Task ApproveAsync(CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            var called = node.Model.Turns[^1];
            if (called.Phase == TurnPhase.Tool && (await node.Client.GetAgentAsync(Agent)).Activity == "awaiting_approval")
            {
                await Task.Delay(_decisions.Next(_part.Pace.Deciding.Least, _part.Pace.Deciding.Most), CancellationToken.None);
                _answered = called;
                await node.PressAsync(Agent, "Enter");
                var pressed = Stopwatch.StartNew();
                while (node.Model.Turns[^1] == called && pressed.Elapsed < TimeSpan.FromSeconds(5))
                {
                    await Task.Delay(50, CancellationToken.None);
                }
            }

            await Task.Delay(50, CancellationToken.None);
        }
    }

    private async Task ProbeAsync(LivePart part, Task sending)
    {
        var probes = _probed[^1];
        var before = _sent.Count;
        var watch = Stopwatch.StartNew();
        while (!sending.IsFaulted && (!sending.IsCompleted || probes.Count < part.Probes))
        {
            // Spread over the part, whose length shows itself by how many messages are out.
            var sent = _sent.Count - before;
            var between = sent == 0 ? 300 : Math.Max(20, watch.Elapsed.TotalMilliseconds / sent * part.Messages / part.Probes);
            await Task.Delay((int)(_looks.NextDouble() * between * 2));
            if (probes.Count < part.Probes && await LookAsync() is { } probe)
            {
                probes.Add(probe);
                if (!probe.Agrees)
                {
                    await FollowAsync(probe);
                }
            }
        }
    }

    /// <summary>Null if the truth changed during the look, or nobody can tell: a dialog was answered, and the program has not gone on yet.</summary>
    private async Task<LiveProbe?> LookAsync()
    {
        var before = node.Model.Turns[^1];
        var agent = await node.Client.GetAgentAsync(Agent);
        return node.Model.Turns[^1] == before && _answered != before ? LiveProbe.Of(agent, before, DateTimeOffset.UtcNow) : null;
    }

    /// <summary>How long a wrong state lasts: until the node shows what is, or what is has changed.</summary>
    private async Task FollowAsync(LiveProbe wrong)
    {
        var last = wrong;
        while (await LookAsync() is { } probe && !probe.Agrees && probe.Since == wrong.Since)
        {
            last = probe;
            await Task.Delay(10);
        }

        // The node may know of a turn before the model does: the program has taken a message, and not asked yet.
        var next = node.Model.Turns.FirstOrDefault(change => change.At > wrong.Since);
        if (next is not null && wrong.Matches(next.Phase) && wrong.Truth == TurnPhase.Idle)
        {
            _probed[^1][^1] = wrong with { Truth = next.Phase, Since = wrong.At };
            return;
        }

        var lasted = last.At - (wrong.Since == DateTimeOffset.MinValue ? wrong.At : wrong.Since);
        _wrong.Add(new WrongLook(wrong, lasted));
    }

    private LiveFigures Figures(List<MessageInfo> ended)
    {
        var transforms = Profiles.All[node.Program.Name].Transforms;
        var arrived = node.Model.Messages.Select(message => Envelopes.Open(message.Text, transforms)).ToList();
        ImmutableArray<TextTransform> ofTold = [.. transforms.Where(static transform => transform.OfTold)];
        var received = 0;
        foreach (var (id, text, _) in _sent)
        {
            var got = arrived.Where(message => message.Id == id).ToList();
            if (got.Count > 0 && TextTransform.Compare(ofTold, text, got[0].Text).Same)
            {
                received++;
                continue;
            }

            var message = ended.Single(one => one.Id == id);
            _problems.Add($"{id} ({message.State}, {message.Reason}; {message.Steps[^1].Evidence}):\n{Start(text)}\n--- arrived as ---\n{(got.Count == 0 ? "nothing" : Start(got[0].Text))}");
        }

        _problems.AddRange(arrived.Where(message => !_sent.Exists(sent => sent.Id == message.Id)).Select(static message => $"nobody sent: {Start(message.Text)}"));
        _problems.AddRange(node.Model.Problems);
        _problems.AddRange(ended.Where(static message => message.State is not ("confirmed" or "submitted")).Select(static message => $"{message.Id} is {message.State}: {message.Reason}"));
        var ids = arrived.Select(static message => message.Id).Distinct().ToList();
        return new LiveFigures
        {
            Program = node.Program.Name,
            Sent = _sent.Count,
            Received = received,
            Doubled = arrived.Count - arrived.Select(static message => message.Id).Distinct().Count(),
            InOrder = ids.SequenceEqual(_sent.Select(static sent => sent.Id).Where(ids.Contains)),
            FirstEnter = ended.Count(static message => !MoreThanOnce().IsMatch(message.Steps[^1].Evidence ?? "")),
            Probes = [.. _probed[^1]],
            HastyProbes = [.. _probed.SkipLast(1).SelectMany(static probes => probes)],
            Wrong = [.. _wrong],
            Latencies = [.. _sent.Zip(ended).Where(static pair => pair.First.WhenIdle).Select(static pair => LiveLatency.Of(pair.Second))],
            // What goes through the program's own channel waits for no settling.
            Settle = profile is null && Profiles.All[node.Program.Name] is { Channel: null } shipped ? shipped.Typing.Settle : TimeSpan.Zero,
            Problems = [.. _problems],
        };
    }

    private static string Start(string text) => text.Length <= 400 ? text : $"{text[..200]} … {text[^200..]} ({text.Length} characters)";

    // The program's own channel needs no Enter at all.
    [GeneratedRegex("Enter pressed (?!1 time)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex MoreThanOnce();
}
