using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging;
using Orchestrator.Node.Profiles;
using Orchestrator.Tmux;

namespace Orchestrator.Node.Workers.Deliveries;

/// <summary>How far a delivery has come, by the marks on the pane.</summary>
internal enum DeliveryPlace
{
    /// <summary>Nothing was typed.</summary>
    NotTyped,

    /// <summary>Typed; Enter was not pressed.</summary>
    Typed,

    /// <summary>Enter was pressed.</summary>
    Sent,

    /// <summary>The pane is gone, and its marks with it.</summary>
    Gone,

    /// <summary>The marks fit neither.</summary>
    Contradiction,
}

/// <summary>Reads the marks against what a delivery began with.</summary>
internal static class DeliveryMarks
{
    public static DeliveryPlace PlaceOf(PaneMarks? marks, DeliverMessage order)
    {
        if (marks is null)
        {
            return DeliveryPlace.Gone;
        }

        var id = order.Message.Value;
        if (marks.Last == id)
        {
            return marks.Sent == id ? DeliveryPlace.Sent : DeliveryPlace.Typed;
        }

        return (marks.Sequence ?? 0) == order.Number ? DeliveryPlace.NotTyped : DeliveryPlace.Contradiction;
    }

    /// <summary>What became of a delivery whose pane has ended.</summary>
    /// <param name="marks">The marks as they were at the end; null if they are lost.</param>
    /// <param name="order">The delivery.</param>
    /// <param name="found">What its transcript says.</param>
    /// <param name="neverBegun">This process got it when the pane had ended already, and no earlier process did.</param>
    public static DeliveryResult Settle(PaneMarks? marks, DeliverMessage order, TranscriptLine? found, bool neverBegun)
    {
        if (found is not null)
        {
            return new DeliveryResult(DeliveryStep.Confirmed, $"transcript {found.File}, byte {found.Offset}, carries the message", found);
        }

        if (neverBegun)
        {
            return new DeliveryResult(DeliveryStep.Deferred, "its pane had ended before it was typed");
        }

        return PlaceOf(marks, order) switch
        {
            DeliveryPlace.NotTyped => new DeliveryResult(DeliveryStep.Deferred, "its pane ended before it was typed"),
            DeliveryPlace.Typed => new DeliveryResult(DeliveryStep.Deferred, "its pane ended before Enter was pressed"),
            DeliveryPlace.Sent => new DeliveryResult(DeliveryStep.Undecidable, "Enter was pressed, and then its pane ended before anything showed that the program had taken it: look at the program's own records before you send it again"),
            _ => new DeliveryResult(DeliveryStep.Undecidable, "its pane is gone with the marks that tell how far it had come, and no transcript carries it: look at the program's own records before you send it again"),
        };
    }
}
