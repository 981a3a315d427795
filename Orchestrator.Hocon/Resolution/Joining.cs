using System.Collections.Immutable;
using System.Text;
using Orchestrator.Hocon.Syntax;

namespace Orchestrator.Hocon.Resolution;

/// <summary>A part of a concatenation: its value is null where an optional substitution found nothing.</summary>
internal readonly record struct JoinedPart(string Blank, Node Node, HoconValue? Value);

/// <summary>Makes one value of the resolved parts of a concatenation.</summary>
internal static class Joining
{
    public static HoconValue Join(HoconOrigin origin, List<JoinedPart> parts, Budget budget) =>
        parts.Exists(part => part.Value is HoconArray) ? Array(origin, parts) : Text(origin, parts, budget);

    private static HoconArray Array(HoconOrigin origin, List<JoinedPart> parts)
    {
        var items = ImmutableArray.CreateBuilder<HoconValue>();
        foreach (var part in parts)
        {
            switch (part.Value)
            {
                case null:
                    break;
                case HoconArray array:
                    items.AddRange(array.AsEnumerable());
                    break;
                case HoconObject o when o.AsArray() is { } array:
                    items.AddRange(array.AsEnumerable());
                    break;
                case var other:
                    throw Mixed(part, other, "an array");
            }
        }

        return new HoconArray(origin, items.ToImmutable());
    }

    private static HoconScalar Text(HoconOrigin origin, List<JoinedPart> parts, Budget budget)
    {
        var text = new StringBuilder();
        foreach (var part in parts)
        {
            if (part.Value is not (null or HoconScalar))
            {
                throw Mixed(part, part.Value, "a string");
            }

            var piece = (part.Value as HoconScalar)?.Text ?? "";
            budget.Characters(origin, part.Blank.Length + piece.Length);
            text.Append(part.Blank).Append(piece);
        }

        return new HoconScalar(origin, HoconKind.String, text.ToString());
    }

    private static HoconException Mixed(JoinedPart part, HoconValue value, string others) =>
        new(part.Node.Origin, $"this is {value.Described} ({value.Origin}) and stands beside {others}; the two cannot become one value: put a comma or a new line between them, or refer to a value of the same kind");
}
