using System.Collections.Immutable;

using Orchestrator.Node.Screens;

namespace Orchestrator.Node.Hooks;

/// <summary>Which fact counts.</summary>
/// <param name="Activity">What the program does.</param>
/// <param name="Hook">The event that says so against the screen; null if the screen's reading counts.</param>
internal sealed record Ruling(ScreenActivity Activity, HookEvent? Hook);

/// <summary>
/// Weighs what a program has told by its hooks against what its screen says. A hook knows first, and is not fooled by half-drawn frames; but one that is missed (a turn that a person cuts off,
/// an approval that is answered) must not be believed for long. So it yields to a screen that has contradicted it without a break for a while, for good. Safe for use by several threads.
/// </summary>
internal sealed class HookFacts(TimeSpan yieldsAfter)
{
    private const int Kept = 8;

    private readonly Lock _lock = new();
    private ImmutableList<HookEvent> _last = [];
    private HookEvent? _current;
    private ScreenActivity? _screen;
    private DateTimeOffset _screenSince;

    /// <summary>The last events, the newest first.</summary>
    public ImmutableList<HookEvent> Last
    {
        get
        {
            lock (_lock)
            {
                return _last;
            }
        }
    }

    /// <summary>The event that is still believed; null if there is none.</summary>
    public HookEvent? Current
    {
        get
        {
            lock (_lock)
            {
                return _current;
            }
        }
    }

    /// <summary>When a contradiction will have lasted for long enough; null if there is none.</summary>
    public DateTimeOffset? DueAt { get; private set; }

    /// <summary>Takes an event. One that comes late does not take the place of a newer one.</summary>
    public void Take(HookEvent told)
    {
        lock (_lock)
        {
            _last = _last.Insert(0, told);
            if (_last.Count > Kept)
            {
                _last = _last.RemoveAt(Kept);
            }

            if (told.Meaning is not null && (_current is null || told.At >= _current.At))
            {
                _current = told.Activity is null ? null : told;
            }
        }
    }

    /// <summary>Says which counts.</summary>
    /// <param name="settled">What the screen says, for as long as its rule demands.</param>
    /// <param name="now">The time of that look.</param>
    public Ruling Weigh(ScreenReading settled, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (_screen != settled.Activity)
            {
                (_screen, _screenSince) = (settled.Activity, now);
            }

            DueAt = null;
            if (_current is not { Activity: { } activity } told || !Contradict(activity, settled.Activity))
            {
                _current = _current is { Meaning.UntilSeen: true } && _current.Activity == settled.Activity ? null : _current;
                return new Ruling(settled.Activity, Hook: null);
            }

            var due = (_screenSince > told.At ? _screenSince : told.At) + yieldsAfter;
            if (now >= due)
            {
                _current = null;
                return new Ruling(settled.Activity, Hook: null);
            }

            DueAt = due;
            return new Ruling(activity, told);
        }
    }

    // Only a reading of the same program at work can be contradicted: that it is gone, signed out or starting is beyond a hook's knowledge. And a reading that says more than the hook
    // (a draft at the prompt, a limit in a turn) contradicts nothing.
    private static bool Contradict(ScreenActivity hook, ScreenActivity screen) => hook switch
    {
        ScreenActivity.Working => screen is ScreenActivity.Ready or ScreenActivity.TurnFailed or ScreenActivity.UnsubmittedInput,
        ScreenActivity.Ready or ScreenActivity.TurnFailed => screen is ScreenActivity.Working or ScreenActivity.AwaitingApproval or ScreenActivity.AwaitingAnswer,
        ScreenActivity.AwaitingApproval or ScreenActivity.AwaitingAnswer => screen is ScreenActivity.Working or ScreenActivity.Ready or ScreenActivity.TurnFailed or ScreenActivity.UnsubmittedInput,
        ScreenActivity.RateLimited => screen is ScreenActivity.Working or ScreenActivity.Ready or ScreenActivity.TurnFailed,
        _ => false,
    };
}
