using Orchestrator.Hocon.Syntax;

namespace Orchestrator.Hocon.Resolution;

/// <summary>Whether the same fields are merged in the same order.</summary>
internal sealed class SameSlots : IEqualityComparer<List<Slot>>
{
    public static readonly SameSlots Comparer = new();

    public bool Equals(List<Slot>? x, List<Slot>? y) =>
        ReferenceEquals(x, y) || (x is not null && y is not null && x.SequenceEqual(y));

    public int GetHashCode(List<Slot> slots) => HashCode.Combine(slots.Count, slots.Count == 0 ? null : slots[0]);
}
