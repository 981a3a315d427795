namespace Orchestrator.Node.Screens;

/// <summary>
/// Waits until an activity has been read for as long as its rule demands: a single half-drawn frame may look idle.
/// One per pane; not for use by several threads at once.
/// </summary>
public sealed class ReadingSettler
{
    private ScreenActivity? _candidate;
    private DateTimeOffset _since;
    private int _reads;

    /// <summary>The reading that counts, null before the first one has settled.</summary>
    public ScreenReading? Settled { get; private set; }

    /// <summary>When the candidate that has not settled yet may do so, so that the screen can be read again then; null if nothing waits.</summary>
    public DateTimeOffset? SettlesAt { get; private set; }

    /// <summary>Takes one more reading, and says whether the activity that counts is now another one.</summary>
    /// <param name="reading">What the screen says now.</param>
    /// <param name="now">When it was captured; never earlier than the one before.</param>
    public bool Observe(ScreenReading reading, DateTimeOffset now)
    {
        if (_candidate != reading.Activity)
        {
            _candidate = reading.Activity;
            _since = now;
            _reads = 0;
        }

        _reads++;
        var settled = reading.For == TimeSpan.Zero || (_reads > 1 && now - _since >= reading.For);
        if (!settled)
        {
            SettlesAt = _since + reading.For;
            return false;
        }

        SettlesAt = null;
        var changed = Settled?.Activity != reading.Activity;
        Settled = reading;
        return changed;
    }
}
