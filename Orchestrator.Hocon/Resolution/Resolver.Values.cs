using System.Collections.Immutable;
using System.Diagnostics;
using Orchestrator.Hocon.Syntax;

namespace Orchestrator.Hocon.Resolution;

// Building values of what was found.
internal sealed partial class Resolver
{
    private HoconValue? ValueOf(List<Layer> layers, List<Slot> slots, HoconOrigin origin)
    {
        if (slots is [var only] && _slots.TryGetValue(only, out var known))
        {
            return known;
        }

        if (_building.Contains(slots))
        {
            throw new CycleException(slots, origin);
        }

        Enter(origin);
        _building.Add(slots);
        try
        {
            var value = ValueOf(Settled(layers), origin);
            if (slots.Count == 1 && _open.Count == 0)
            {
                _slots[slots[0]] = value;
            }

            return value;
        }
        catch (CycleException cycle) when (SameSlots.Comparer.Equals(slots, cycle.Slots) && layers.Exists(layer => layer.Node is SubstitutionNode { Optional: true }))
        {
            Forget(layers);
            return ValueOf(Settled(layers), origin);
        }
        finally
        {
            _building.Remove(slots);
            _nesting--;
        }
    }

    /// <summary>Takes the optional substitutions of a field as missing, because what they stand for contains the field.</summary>
    private void Forget(List<Layer> layers)
    {
        foreach (var node in layers.Select(layer => layer.Node).OfType<SubstitutionNode>().Where(node => node.Optional))
        {
            _expanded[node] = [];
        }
    }

    private HoconValue? ValueOf(IReadOnlyList<Node> nodes, HoconOrigin origin) => nodes switch
    {
        [] => null,
        [ScalarNode scalar, ..] => scalar.Value,
        [ObjectNode only] => Remembered(only, () => Merge([only])),
        [ObjectNode, ..] => Merge([.. nodes.OfType<ObjectNode>()]),
        [ArrayNode array, ..] => Remembered(array, () => Items(array)),
        [ConcatenationNode concatenation, ..] => Remembered(concatenation, () => Join(concatenation)),
        _ => throw new UnreachableException($"{origin}: no value can be made of {nodes[0].GetType().Name}"),
    };

    private HoconValue Remembered(Node node, Func<HoconValue> build)
    {
        if (!_values.TryGetValue(node, out var value))
        {
            value = _budget.Checked(build());
            _values[node] = value;
        }

        return value;
    }

    private HoconValue Merge(List<ObjectNode> objects)
    {
        var fields = new OrderedDictionary<string, HoconField>(StringComparer.Ordinal);
        foreach (var key in objects.AsEnumerable().Reverse().SelectMany(node => node.Fields.Keys).Distinct(StringComparer.Ordinal))
        {
            var (layers, slots) = Child(objects, key);
            var keyOrigin = slots[0].KeyOrigin ?? layers[0].Node.Origin;
            if (ValueOf(layers, slots, keyOrigin) is { } value)
            {
                fields.Add(key, new HoconField(value, keyOrigin));
            }
        }

        return _budget.Checked(new HoconObject(objects[0].Origin, fields));
    }

    private HoconValue Items(ArrayNode array)
    {
        var items = ImmutableArray.CreateBuilder<HoconValue>();
        foreach (var item in array.Items)
        {
            if (ValueOf(Stack(item), [item], item.Layers[0].Node.Origin) is { } value)
            {
                items.Add(value);
            }
        }

        return new HoconArray(array.Origin, items.ToImmutable());
    }

    private HoconValue Join(ConcatenationNode concatenation)
    {
        Enter(concatenation.Origin);
        _open.Open(concatenation);
        try
        {
            var parts = concatenation.Parts.ConvertAll(part => new JoinedPart(
                part.Blank,
                part.Node,
                ValueOf(part.Node is SubstitutionNode ? Expand(part.Node) : [part.Node], part.Node.Origin)));
            return Joining.Join(concatenation.Origin, parts, _budget);
        }
        finally
        {
            _open.Close();
            _nesting--;
        }
    }
}
