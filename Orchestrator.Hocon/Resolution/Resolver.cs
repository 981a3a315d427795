using System.Globalization;
using System.Runtime.CompilerServices;
using Orchestrator.Hocon.Syntax;

namespace Orchestrator.Hocon.Resolution;

/// <summary>
/// Turns nodes into values. Everything is looked up as late as possible: a field is a stack of layers, the latest on
/// top, and a layer is only evaluated when it is looked at. A substitution that meets itself while it is being looked
/// up sees what lies below it, which is how <c>path = ${path} [x]</c> finds the older value.
/// </summary>
internal sealed partial class Resolver
{
    /// <summary>How deep look-ups may nest: above what a person writes, below what a thread's stack can hold.</summary>
    private const int MaxNesting = 600;

    private readonly List<Layer> _roots;
    private readonly HoconOptions _options;
    private readonly Budget _budget;
    private readonly Dictionary<Node, IReadOnlyList<Node>> _expanded = [];
    private readonly Dictionary<Node, HoconValue> _values = [];
    private readonly Dictionary<Slot, HoconValue?> _slots = [];
    private readonly Dictionary<Slot, List<Layer>> _stacks = [];

    /// <summary>Substitutions and concatenations that are being looked up: they and all above them are invisible.</summary>
    private readonly OpenNodes _open = new();

    /// <summary>Fields whose value is being built, each as all that is merged into it: meeting one again is a cycle that no look back can break.</summary>
    private readonly HashSet<List<Slot>> _building = new(SameSlots.Comparer);
    private int _nesting;
    private string? _cycle;

    private Resolver(IEnumerable<Node> roots, HoconOptions options)
    {
        _roots = [.. roots.Select(root => new Layer(root))];
        _options = options;
        _budget = new Budget(options);
    }

    /// <summary>Resolves documents layered over each other.</summary>
    /// <param name="roots">Their roots, the one that counts most first.</param>
    /// <param name="options">The environment and the limits.</param>
    public static HoconValue Resolve(IReadOnlyList<Node> roots, HoconOptions options)
    {
        var resolver = new Resolver(roots, options);
        try
        {
            return resolver.ValueOf(resolver.Visible(resolver._roots).ToList(), roots[0].Origin)!;
        }
        catch (CycleException cycle)
        {
            throw new HoconException(cycle.Origin, "this value contains itself: a substitution inside it refers to the object or array it stands in; refer to the single values needed instead", inner: cycle);
        }
    }

    /// <summary>
    /// What counts of a stack of layers, the top first, with substitutions replaced by what they stand for: objects,
    /// and at most one other node, which is the last.
    /// </summary>
    private IEnumerable<Node> Visible(List<Layer> layers)
    {
        for (var i = BelowOpen(layers); i < layers.Count; i++)
        {
            _budget.Steps(1, layers[i].Node.Origin);
            switch (layers[i].Node)
            {
                case ObjectNode node:
                    yield return node;
                    break;
                case SubstitutionNode or ConcatenationNode { MayBeObject: true }:
                    foreach (var node in Expand(layers[i].Node))
                    {
                        yield return node;
                        if (node is not ObjectNode)
                        {
                            yield break;
                        }
                    }

                    break;
                case var node:
                    yield return node;
                    yield break;
            }
        }
    }

    /// <summary>The first layer below all that are being looked up; 0 when none is.</summary>
    private int BelowOpen(List<Layer> layers)
    {
        if (_open.Count == 0)
        {
            return 0;
        }

        var start = 0;
        _budget.Steps(layers.Count, layers.Count == 0 ? null : layers[0].Node.Origin);
        for (var i = 0; i < layers.Count; i++)
        {
            if (_open.Contains(layers[i].Node))
            {
                start = i + 1;
            }
        }

        if (start == 0)
        {
            return 0;
        }

        var cut = layers[start - 1];
        while (start < layers.Count && cut.Group is not null && layers[start].Group == cut.Group)
        {
            start++;
        }

        if (start == layers.Count)
        {
            _cycle ??= string.Join(" -> ", _open.Since(cut.Node).Append(cut.Node).OfType<SubstitutionNode>().Select(Written));
        }

        return start;
    }

    private IReadOnlyList<Node> Expand(Node node)
    {
        if (_expanded.TryGetValue(node, out var known))
        {
            return known;
        }

        Enter(node.Origin);
        _open.Open(node);
        try
        {
            var nodes = node is SubstitutionNode substitution ? LookUp(substitution) : ExpandParts((ConcatenationNode)node);
            _expanded[node] = nodes;
            return nodes;
        }
        finally
        {
            _open.Close();
            _nesting--;
        }
    }

    private List<Node> LookUp(SubstitutionNode substitution)
    {
        var outerCycle = _cycle;
        _cycle = null;
        var nodes = Find(substitution);
        var cycle = _cycle;
        _cycle = outerCycle;
        if (nodes.Count == 0 && !substitution.Optional)
        {
            throw Unresolved(substitution, cycle);
        }

        if (nodes.Count == 0)
        {
            _cycle ??= cycle;
        }

        if (substitution.MustBeObject && nodes is [not ObjectNode, ..])
        {
            var found = ValueOf(nodes, substitution.Origin)!;
            throw new HoconException(substitution.Origin, $"{Written(substitution)} stands beside an object, so it must be one, but it is {found.Described} ({found.Origin})");
        }

        return nodes;
    }

    private List<Node> Find(SubstitutionNode substitution)
    {
        var scope = substitution.Scope;
        if (!scope.IsRoot || substitution.ScopeOnly)
        {
            var near = Settled(Walk(scope.Element is null ? _roots : Stack(scope.Element), scope.Prefix.Append(substitution.Path.Elements)));
            if (near.Count > 0 || substitution.ScopeOnly)
            {
                return near;
            }
        }

        var far = Settled(Walk(_roots, substitution.Path));
        return far.Count > 0 ? far : FromEnvironment(substitution);
    }

    private List<Node> FromEnvironment(SubstitutionNode substitution)
    {
        var name = string.Join('.', substitution.Path.Elements);
        if (!substitution.IsList)
        {
            return _options.Environment(name) is { } text ? [Variable(name, text)] : [];
        }

        var list = new ArrayNode(HoconOrigin.Of($"environment variables {name}_0…"));
        for (var i = 0; i < _options.MaxValues && _options.Environment(string.Create(CultureInfo.InvariantCulture, $"{name}_{i}")) is { } text; i++)
        {
            var item = new Slot();
            item.Add(new Layer(Variable(string.Create(CultureInfo.InvariantCulture, $"{name}_{i}"), text)));
            list.Items.Add(item);
        }

        return list.Items.Count > 0 ? [list] : [];
    }

    private static ScalarNode Variable(string name, string text) =>
        new(new HoconScalar(HoconOrigin.Of($"environment variable {name}"), HoconKind.String, text));

    /// <summary>The layers of a path, the top first; none if it is not there.</summary>
    private List<Layer> Walk(List<Layer> layers, HoconPath path)
    {
        foreach (var key in path.Elements)
        {
            layers = Child(Visible(layers), key).Layers;
            if (layers.Count == 0)
            {
                break;
            }
        }

        return layers;
    }

    private (List<Layer> Layers, List<Slot> Slots) Child(IEnumerable<Node> objects, string key)
    {
        var slots = new List<Slot>();
        foreach (var node in objects)
        {
            if (node is not ObjectNode current)
            {
                break;
            }

            if (current.Fields.TryGetValue(key, out var slot))
            {
                slots.Add(slot);
                if (slot.Closed)
                {
                    break;
                }
            }
        }

        return (slots is [var only] ? Stack(only) : [.. slots.SelectMany(Stack)], slots);
    }

    private List<Layer> Stack(Slot slot)
    {
        if (!_stacks.TryGetValue(slot, out var layers))
        {
            layers = [.. slot.Layers.AsEnumerable().Reverse()];
            _stacks[slot] = layers;
        }

        return layers;
    }

    /// <summary>What a stack amounts to: one node that is no object, or objects to merge.</summary>
    private List<Node> Settled(List<Layer> layers)
    {
        var nodes = new List<Node>();
        var seen = new HashSet<Node>();
        foreach (var node in Visible(layers))
        {
            if (node is ObjectNode)
            {
                if (seen.Add(node))
                {
                    nodes.Add(node);
                }
            }
            else
            {
                return nodes.Count == 0 ? [node] : nodes;
            }
        }

        return nodes;
    }

    /// <summary>A concatenation whose parts are all substitutions: an object if they are, else itself.</summary>
    private IReadOnlyList<Node> ExpandParts(ConcatenationNode concatenation)
    {
        var parts = concatenation.Parts
            .Select(part => part.Node is SubstitutionNode ? Expand(part.Node) : [part.Node])
            .Where(nodes => nodes.Count > 0)
            .ToList();
        return parts.TrueForAll(nodes => nodes[0] is ObjectNode)
            ? [.. parts.AsEnumerable().Reverse().SelectMany(nodes => nodes).Distinct()]
            : [concatenation];
    }

    private void Enter(HoconOrigin origin)
    {
        if (_nesting >= MaxNesting || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new HoconException(origin, "substitutions refer to each other in too long a chain, or nest too deep");
        }

        _nesting++;
    }

    private static HoconException Unresolved(SubstitutionNode substitution, string? cycle)
    {
        var written = Written(substitution);
        return cycle is null
            ? new HoconException(substitution.Origin, $"{written} is neither set in the configuration nor an environment variable: set it, correct the name, or write ${{?{substitution.Path}}} if it may be missing", substitution.Path.ToString())
            : new HoconException(substitution.Origin, $"{written} refers to itself and there is no earlier value to look back to (cycle {cycle}): give one of them a value of its own", substitution.Path.ToString());
    }

    private static string Written(SubstitutionNode node) =>
        node.ScopeOnly ? "+=" : $"${{{(node.Optional ? "?" : "")}{node.Path}{(node.IsList ? "[]" : "")}}}";
}
