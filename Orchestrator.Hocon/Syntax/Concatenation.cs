using System.Text;

namespace Orchestrator.Hocon.Syntax;

/// <summary>What the parts of a value are together, as far as it can be said before substitutions are resolved.</summary>
internal static class Concatenation
{
    public static void Assign(Slot slot, HoconOrigin origin, List<Part> parts)
    {
        if (parts is [var single])
        {
            slot.Add(new Layer(Single(single.Node)));
            return;
        }

        Check(parts);
        if (parts.TrueForAll(part => part.Node is WordNode or QuotedNode))
        {
            slot.Add(new Layer(Text(origin, parts)));
        }
        else if (parts.TrueForAll(part => part.Node is ObjectNode))
        {
            slot.Add(new Layer(Merged(parts)));
        }
        else if (parts.TrueForAll(part => part.Node is ArrayNode))
        {
            slot.Add(new Layer(Joined(parts)));
        }
        else if (parts.Exists(part => part.Node is ObjectNode { LooksLikeArray: false }))
        {
            AssignObjects(slot, parts);
        }
        else
        {
            slot.Add(new Layer(new ConcatenationNode(origin, Simplified(parts))));
        }
    }

    private static void Check(List<Part> parts)
    {
        var text = parts.Find(part => part.Node is WordNode or QuotedNode).Node;
        var array = parts.Find(part => part.Node is ArrayNode).Node;
        var other = parts.Find(part => part.Node is ObjectNode { LooksLikeArray: false }).Node
            ?? (text is null ? null : parts.Find(part => part.Node is ObjectNode).Node);
        var (one, oneIs, two, twoIs) = (text, array, other) switch
        {
            (not null, not null, _) => (text, "a string", array, "an array"),
            (not null, null, not null) => (text, "a string", other, "an object"),
            (null, not null, not null) => (array, "an array", other, "an object"),
            _ => (null, "", null, ""),
        };
        if (one is not null && two is not null)
        {
            var later = two.Origin.Line > one.Origin.Line || (two.Origin.Line == one.Origin.Line && two.Origin.Column > one.Origin.Column) ? two : one;
            throw new HoconException(later.Origin, $"{oneIs} and {twoIs} stand side by side and cannot become one value: put a comma or a new line between them, or remove one");
        }
    }

    private static Node Single(Node node) => node switch
    {
        QuotedNode quoted => new ScalarNode(new HoconScalar(node.Origin, HoconKind.String, quoted.Text)),
        WordNode word => new ScalarNode(new HoconScalar(node.Origin, KindOf(word.Text), word.Text)),
        _ => node,
    };

    internal static HoconKind KindOf(string word) => word switch
    {
        "true" or "false" => HoconKind.Boolean,
        "null" => HoconKind.Null,
        _ when Numbers.IsNumber(word) => HoconKind.Number,
        _ => HoconKind.String,
    };

    private static ScalarNode Text(HoconOrigin origin, List<Part> parts)
    {
        var text = new StringBuilder();
        foreach (var part in parts)
        {
            text.Append(part.Blank).Append(TextOf(part.Node));
        }

        return new ScalarNode(new HoconScalar(origin, HoconKind.String, text.ToString()));
    }

    private static string? TextOf(Node node) => node switch
    {
        QuotedNode quoted => quoted.Text,
        WordNode word => word.Text,
        _ => null,
    };

    private static ObjectNode Merged(List<Part> parts)
    {
        var first = (ObjectNode)parts[0].Node;
        foreach (var part in parts[1..])
        {
            first.Merge((ObjectNode)part.Node);
        }

        return first;
    }

    private static ArrayNode Joined(List<Part> parts)
    {
        var first = (ArrayNode)parts[0].Node;
        foreach (var part in parts[1..])
        {
            first.Items.AddRange(((ArrayNode)part.Node).Items);
        }

        return first;
    }

    /// <summary>
    /// Objects side by side merge as fields assigned one after the other do, so that is what they become. The group
    /// keeps them together for a part that looks back: it sees nothing of its neighbours.
    /// </summary>
    private static void AssignObjects(Slot slot, List<Part> parts)
    {
        var group = new object();
        foreach (var part in parts)
        {
            var node = part.Node is SubstitutionNode s
                ? new SubstitutionNode(s.Origin, s.Path, s.Scope) { Optional = s.Optional, IsList = s.IsList, MustBeObject = true }
                : part.Node;
            slot.Add(new Layer(node, group));
        }
    }

    private static List<Part> Simplified(List<Part> parts) =>
        parts.ConvertAll(part => TextOf(part.Node) is { } text
            ? part with { Node = new ScalarNode(new HoconScalar(part.Node.Origin, HoconKind.String, text)) }
            : part);
}
