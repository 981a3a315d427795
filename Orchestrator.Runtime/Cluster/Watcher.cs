using System.Collections.Immutable;

namespace Orchestrator.Runtime;

/// <summary>
/// Watches the beats of the other members. One is lost only when this observer itself has read the same beat for <see cref="Patience"/> of its own monotonic time with every
/// read in that time successful: clocks of nodes are never compared, and an outage of the store marks nobody.
/// </summary>
internal sealed class Watcher(TimeProvider time)
{
    /// <summary>For how long the same beat must be seen.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>A longer gap between two reads (a pause of this process, a slow store) starts all observations anew.</summary>
    public static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(2);

    private readonly Dictionary<(string Name, long Incarnation), (long Beat, long Since)> _seen = [];
    private long _lastRead;
    private volatile IReadOnlyDictionary<(string Name, long Incarnation), TimeSpan> _silence = ImmutableDictionary<(string, long), TimeSpan>.Empty;

    /// <summary>For how long the beat of this start of a node has stood still, as far as this observer has seen; null if it is not watched.</summary>
    public TimeSpan? SilenceOf(string name, long incarnation) => _silence.TryGetValue((name, incarnation), out var silence) ? silence : null;

    /// <summary>A read has failed: nobody has been watched meanwhile.</summary>
    public void Failed()
    {
        _seen.Clear();
        _silence = ImmutableDictionary<(string, long), TimeSpan>.Empty;
    }

    /// <summary>Takes what a read that began at <paramref name="began"/> (a timestamp of the time provider) has shown, and says who is lost.</summary>
    public IReadOnlyList<MemberRow> Observe(ClusterTable table, string self, long began)
    {
        var now = time.GetTimestamp();
        if (_seen.Count > 0 && time.GetElapsedTime(_lastRead, now) > LongestGap)
        {
            _seen.Clear();
        }

        _lastRead = now;
        List<MemberRow> lost = [];
        HashSet<(string, long)> there = [];
        foreach (var row in table.Members.Where(row => row.State is not MemberState.Down && !string.Equals(row.Member.Name, self, StringComparison.Ordinal)))
        {
            var key = (row.Member.Name, row.Member.Incarnation);
            there.Add(key);
            if (!_seen.TryGetValue(key, out var before) || before.Beat != row.Beat)
            {
                _seen[key] = (row.Beat, now);
            }
            else if (time.GetElapsedTime(before.Since, began) >= Patience)
            {
                lost.Add(row);
            }
        }

        foreach (var key in _seen.Keys.Where(key => !there.Contains(key)).ToList())
        {
            _seen.Remove(key);
        }

        _silence = _seen.ToImmutableDictionary(static seen => seen.Key, seen => time.GetElapsedTime(seen.Value.Since, now));
        return lost;
    }
}
