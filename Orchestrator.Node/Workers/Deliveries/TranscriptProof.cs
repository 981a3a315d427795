using Orchestrator.Actors.Agents;
using Orchestrator.Node.Profiles;

namespace Orchestrator.Node.Workers.Deliveries;

/// <summary>The proof of a delivery in the transcript, waited for between two looks at the screen.</summary>
internal static class TranscriptProof
{
    /// <summary>The line that carries the message; null if there is none within that time, or no transcript.</summary>
    public static async Task<TranscriptLine?> WithinAsync(this TranscriptSearch? transcript, DeliverMessage order, TimeSpan within, TimeProvider time, CancellationToken cancellation)
    {
        if (transcript is not null)
        {
            return await transcript.FindWithinAsync(order.Message.Value, order.Seal, within, time, cancellation);
        }

        await Task.Delay(within, time, cancellation);
        return null;
    }
}
