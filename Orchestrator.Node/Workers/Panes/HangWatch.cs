using System.Text;

using Orchestrator.Node.Profiles;
using Orchestrator.Node.Screens;

namespace Orchestrator.Node.Workers.Panes;

/// <summary>Tells when a program counts as hung: its profile's limits for a start, for silence while working, and for a turn.</summary>
internal sealed class HangWatch(HangLimits limits, DateTimeOffset started, bool hasBeenReady)
{
    private bool _ready = hasBeenReady;
    private ScreenActivity? _activity;
    private readonly DateTimeOffset _started = started;
    private DateTimeOffset _since = started;
    private DateTimeOffset _changed = started;
    private DateTimeOffset? _differs;
    private int _text;

    /// <summary>When the next limit is reached if nothing happens; null if none runs.</summary>
    public DateTimeOffset? DueAt { get; private set; }

    /// <summary>Takes a look, and says why the program counts as hung, or null.</summary>
    /// <param name="reading">The reading that counts.</param>
    /// <param name="seen">The look.</param>
    public string? Observe(ScreenReading reading, PaneObservation seen)
    {
        var now = seen.At;
        if (_activity != reading.Activity)
        {
            _activity = reading.Activity;
            _since = now;
        }

        _ready |= reading.Activity is ScreenActivity.Ready;
        Compare(Fingerprint(seen), now);

        (DateTimeOffset At, string Why)? due = reading.Activity switch
        {
            ScreenActivity.Starting when !_ready => After(_started, limits.Start, "it has not come up within"),
            ScreenActivity.Working => Earlier(
                After(_changed > _since ? _changed : _since, limits.Quiet, "it works without any change on its screen for"),
                After(_since, limits.Turn, "its turn has taken longer than")),
            _ => null,
        };
        var hung = due is { } limit && now >= limit.At;

        // A limit that has passed is no reason to look again: only a change is.
        DueAt = hung ? null : due?.At;
        return hung ? due!.Value.Why : null;
    }

    // One look alone may have met a half-drawn frame: only what the next look still sees, or has changed again, is a change.
    private void Compare(int text, DateTimeOffset now)
    {
        if (text == _text)
        {
            _differs = null;
        }
        else if (_differs is { } since)
        {
            (_text, _changed, _differs) = (text, since, null);
        }
        else
        {
            _differs = now;
        }
    }

    private static (DateTimeOffset At, string Why)? After(DateTimeOffset from, TimeSpan limit, string why)
        => limit <= TimeSpan.Zero ? null : (from + limit, $"{why} {limit.TotalSeconds:0} s");

    private static (DateTimeOffset At, string Why)? Earlier((DateTimeOffset At, string Why)? one, (DateTimeOffset At, string Why)? other)
        => one is null ? other : other is null || one.Value.At <= other.Value.At ? one : other;

    // Clocks, counters and spinners change without anything happening: only letters count, and those not in the rows that say that it works. There some programs show
    // another phrase every few seconds.
    private static int Fingerprint(PaneObservation seen)
    {
        var working = seen.Reading.Matches.Where(static match => match.Rule.Activity == ScreenActivity.Working).Select(static match => match.Row).ToHashSet();
        var hash = default(HashCode);
        foreach (var (row, line) in seen.Lines.Index())
        {
            if (working.Contains(row))
            {
                continue;
            }

            foreach (var rune in line.EnumerateRunes())
            {
                if (Rune.IsLetter(rune))
                {
                    hash.Add(rune.Value);
                }
            }
        }

        return hash.ToHashCode();
    }
}
