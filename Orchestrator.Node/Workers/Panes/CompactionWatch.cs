using Orchestrator.Node.Profiles;

namespace Orchestrator.Node.Workers.Panes;

/// <summary>Notices on the screen that the program has shortened what it remembers. What stays on the screen counts once.</summary>
internal sealed class CompactionWatch(SessionRules rules, TimeProvider time)
{
    // A screen that is drawn anew may lose the line for a moment.
    private static readonly TimeSpan Between = TimeSpan.FromMinutes(1);

    private int _shown;
    private DateTimeOffset? _last;

    /// <summary>What was seen, if it is new; at most once a minute.</summary>
    public string? Observe(IReadOnlyList<string> lines)
    {
        if (rules.Compacted is not { } pattern)
        {
            return null;
        }

        var matches = pattern.Matches(string.Join('\n', lines.Select(static line => line.TrimEnd())));
        var isNew = matches.Count > _shown && (_last is null || time.GetUtcNow() - _last >= Between);
        _shown = matches.Count;
        if (!isNew)
        {
            return null;
        }

        _last = time.GetUtcNow();
        return matches[^1].Value;
    }
}
