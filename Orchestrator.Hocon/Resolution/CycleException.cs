using System.Diagnostics.CodeAnalysis;
using Orchestrator.Hocon.Syntax;

namespace Orchestrator.Hocon.Resolution;

/// <summary>A field was met again while its own value was being built.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Never leaves the resolver.")]
[SuppressMessage("Design", "CA1064:Exceptions should be public", Justification = "Never leaves the resolver.")]
internal sealed class CycleException(List<Slot> slots, HoconOrigin origin) : Exception($"cycle at {origin}")
{
    public List<Slot> Slots { get; } = slots;

    public HoconOrigin Origin { get; } = origin;
}
