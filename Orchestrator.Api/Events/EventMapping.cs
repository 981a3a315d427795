using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Events;

/// <summary>Events as the API shows them.</summary>
internal static class EventMapping
{
    public static EventInfo ToInfo(this EventEnvelope e) => new(e.Position.Value, e.Entity.ToString(), e.SequenceNumber, e.At, e.Manifest, e.Payload);
}
