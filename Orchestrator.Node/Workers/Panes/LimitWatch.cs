using System.Globalization;

using Orchestrator.Node.Profiles;
using Orchestrator.Node.Screens;

namespace Orchestrator.Node.Workers.Panes;

/// <summary>
/// Tells when a limit ends. A program that waits for that says for how long, and goes on by itself. One that has given up stands at its prompt with the error above it
/// for ever: after the profile's time the next message is tried. Safe for use by several threads.
/// </summary>
/// <param name="rules">What the profile says of limits.</param>
/// <param name="time">Tells the time.</param>
/// <param name="known">The limit that was known before this node was started again; null if there was none.</param>
internal sealed class LimitWatch(LimitRules rules, TimeProvider time, KnownLimit? known = null)
{
    private const string Seconds = "seconds";

    // A time that is counted down on the screen is the same limit, told anew.
    private static readonly TimeSpan SameEnd = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private string? _rule;
    private DateTimeOffset? _until;
    private bool _goesOnByItself;
    private bool _over;

    // It has ended, and no message was submitted since.
    private bool _untried;
    private string? _told;
    private KnownLimit? _known = known;

    /// <summary>When the limit ends, as far as anybody knows.</summary>
    public DateTimeOffset? Until
    {
        get
        {
            lock (_lock)
            {
                return _until;
            }
        }
    }

    /// <summary>Whether a message may be tried although the limit still stands on the screen.</summary>
    public bool MayTry
    {
        get
        {
            lock (_lock)
            {
                return _over;
            }
        }
    }

    /// <summary>When to look again if nothing is written; null if there is nothing to wait for.</summary>
    public DateTimeOffset? DueAt
    {
        get
        {
            lock (_lock)
            {
                return _goesOnByItself || _over ? null : _until;
            }
        }
    }

    /// <summary>Takes the reading that counts.</summary>
    public void Observe(ScreenReading settled)
    {
        var rule = settled.Activity == ScreenActivity.RateLimited ? settled.Rule : null;
        lock (_lock)
        {
            if (rule != _rule)
            {
                _rule = rule;
                var waits = Waits(settled);
                _goesOnByItself = waits is not null;
                _untried &= waits is null;
                _until = rule is null ? null : _known?.Is(settled) == true ? _known.Until : waits is { } seconds ? time.GetUtcNow() + seconds : LimitReset.Of(settled, time) ?? Next();
            }
            else if (rule is not null && !_goesOnByItself && settled.Evidence != _told && LimitReset.Of(settled, time) is { } end && (_until is null || (end - _until.Value).Duration() > SameEnd))
            {
                // The message that was tried has met the limit again, which ends at another time.
                _until = end;
            }

            (_told, _known) = (settled.Evidence, null);

            // As long as nothing was tried since it has ended, it is the same limit, told in other words when its dialog was closed.
            _over = rule is not null && !_goesOnByItself && (_untried || _until <= time.GetUtcNow());
            _untried |= _over;
        }
    }

    /// <summary>A message was submitted: the limit counts from now on again, unless something else is seen.</summary>
    public void Tried()
    {
        lock (_lock)
        {
            _untried = false;
            if (_rule is not null && !_goesOnByItself)
            {
                _until = Next();
                _over = false;
            }
        }
    }

    private DateTimeOffset? Next() => rules.TryAgain > TimeSpan.Zero ? time.GetUtcNow() + rules.TryAgain : null;

    private static TimeSpan? Waits(ScreenReading settled)
        => settled.Winner?.Groups.GetValueOrDefault(Seconds) is { } text && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : null;
}
