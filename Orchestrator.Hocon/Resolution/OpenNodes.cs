using Orchestrator.Hocon.Syntax;

namespace Orchestrator.Hocon.Resolution;

/// <summary>The substitutions and concatenations that are being looked up, the innermost last.</summary>
internal sealed class OpenNodes
{
    private readonly List<Node> _order = [];
    private readonly HashSet<Node> _nodes = [];

    public int Count => _order.Count;

    public void Open(Node node)
    {
        _order.Add(node);
        _nodes.Add(node);
    }

    public void Close()
    {
        var node = _order[^1];
        _order.RemoveAt(_order.Count - 1);
        if (!_order.Contains(node))
        {
            _nodes.Remove(node);
        }
    }

    public bool Contains(Node node) => _nodes.Contains(node);

    /// <summary>What was opened from a node on.</summary>
    public IEnumerable<Node> Since(Node node) => _order.SkipWhile(open => open != node);
}
