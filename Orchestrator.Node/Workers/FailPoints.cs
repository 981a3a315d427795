using System.Diagnostics;

using Orchestrator.Tmux;

namespace Orchestrator.Node.Workers;

/// <summary>For tests of this node's promises: <c>ORC_FAIL_POINT=NAME[:N]</c> kills this process the way <c>kill -9</c> does when it passes that point of a delivery or a start for the N-th time.</summary>
internal sealed class FailPoints : IDeliveryFailPoints
{
    /// <summary>A pane has been made for an agent, which does not know of it yet.</summary>
    public const string PaneMade = "pane-made";

    /// <summary>Half of a line is in the channel of a program.</summary>
    public const string ChannelWriting = "channel-writing";

    /// <summary>A whole line is in the channel of a program; the pane does not say so yet.</summary>
    public const string ChannelWritten = "channel-written";

    /// <summary>The pane says that a line is in the channel; the journal does not.</summary>
    public const string ChannelMarked = "channel-marked";

    private static readonly IReadOnlyList<string> All = [PaneMade, ChannelWriting, ChannelWritten, ChannelMarked, DeliveryFailPoints.BeforeDecide, DeliveryFailPoints.Decided, .. DeliveryFailPoints.All];
    private readonly string _name;
    private int _left;

    private FailPoints(string name, int times) => (_name, _left) = (name, times);

    /// <summary>The fail point that the environment asks for; null, as always outside of tests, if it asks for none.</summary>
    public static IDeliveryFailPoints? FromEnvironment()
    {
        if (Environment.GetEnvironmentVariable("ORC_FAIL_POINT") is not { Length: > 0 } asked)
        {
            return null;
        }

        var parts = asked.Split(':');
        return All.Contains(parts[0]) && (parts.Length == 1 || int.TryParse(parts[1], out _))
            ? new FailPoints(parts[0], parts.Length == 1 ? 1 : int.Parse(parts[1]))
            : throw new FormatException($"ORC_FAIL_POINT={asked}: known are {string.Join(", ", All)}");
    }

    /// <inheritdoc/>
    public ValueTask HitAsync(string name, CancellationToken cancellation)
    {
        if (name == _name && Interlocked.Decrement(ref _left) == 0)
        {
            Process.GetCurrentProcess().Kill();
        }

        return ValueTask.CompletedTask;
    }
}
