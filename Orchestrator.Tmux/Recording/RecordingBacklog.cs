using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Orchestrator.Tmux;

/// <summary>
/// The steps of a recording that its reader has not taken yet: at most <see cref="Room"/> characters. What comes while there is no room is left out and counted, until the
/// reader has caught up and the screen is drawn anew.
/// </summary>
/// <param name="room">How many characters may wait; each step counts <see cref="StepCost"/> more.</param>
/// <param name="redraw">Asks for the screen; called by the reader once for each gap, when at least half of the room is free again.</param>
internal sealed class RecordingBacklog(int room, Action redraw)
{
    /// <summary>About 2 MB of memory.</summary>
    public const int Room = 1024 * 1024;

    /// <summary>What a step takes beside its text, in characters.</summary>
    public const int StepCost = 64;

    private readonly Channel<PaneStep> _steps = Channel.CreateUnbounded<PaneStep>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly Lock _gate = new();
    private long _waiting;
    private long _leftOut;
    private TimeSpan _lastAt;
    private bool _asked;

    /// <summary>How many characters have been left out since the screen was last drawn; 0: nothing is missing.</summary>
    public long LeftOut
    {
        get
        {
            lock (_gate)
            {
                return _leftOut;
            }
        }
    }

    /// <summary>Adds a step, or leaves it out.</summary>
    public void Add(PaneStep step)
    {
        lock (_gate)
        {
            if (_leftOut > 0 || _waiting + Cost(step) > room)
            {
                (_leftOut, _lastAt) = (_leftOut + Math.Max(1, step.Data.Length), step.After);
                return;
            }

            Append(step);
        }
    }

    /// <summary>Adds the steps that draw the screen, behind a marker that says how much was left out; from here on steps are added again.</summary>
    public void Drawn(TimeSpan after, params ReadOnlySpan<PaneStep> screen)
    {
        lock (_gate)
        {
            Append(Gap(after));
            foreach (var step in screen)
            {
                Append(step);
            }

            (_leftOut, _asked) = (0, false);
        }
    }

    /// <summary>No more steps come; if some were left out at the end, a marker says so.</summary>
    public void Complete(Exception? failure)
    {
        lock (_gate)
        {
            if (_leftOut > 0)
            {
                Append(Gap(_lastAt));
            }

            _steps.Writer.Complete(failure);
        }
    }

    /// <summary>The steps in order, until there are no more.</summary>
    public async IAsyncEnumerable<PaneStep> TakeAllAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var step in _steps.Reader.ReadAllAsync(cancellation))
        {
            if (Take(step))
            {
                redraw();
            }

            yield return step;
        }
    }

    private static int Cost(PaneStep step) => step.Data.Length + StepCost;

    private PaneStep Gap(TimeSpan after) => new(after, PaneStepKind.Marker, string.Create(CultureInfo.InvariantCulture, $"{_leftOut} characters left out: the reader was too slow"));

    private void Append(PaneStep step)
    {
        _waiting += Cost(step);
        _steps.Writer.TryWrite(step);
    }

    private bool Take(PaneStep step)
    {
        lock (_gate)
        {
            _waiting -= Cost(step);
            if (_leftOut == 0 || _asked || _waiting > room / 2)
            {
                return false;
            }

            return _asked = true;
        }
    }
}
