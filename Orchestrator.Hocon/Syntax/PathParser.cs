using System.Collections.Immutable;
using System.Text;

namespace Orchestrator.Hocon.Syntax;

/// <summary>Reads path expressions, the form of keys and of what stands in <c>${}</c>. Leaves the cursor behind the whitespace that follows the last element.</summary>
internal sealed class PathParser
{
    private readonly ImmutableArray<string>.Builder _elements = ImmutableArray.CreateBuilder<string>();
    private readonly StringBuilder _element = new();
    private readonly HoconOrigin _origin;
    private readonly int _maxDepth;
    private bool _present;

    private PathParser(HoconOrigin origin, int maxDepth) => (_origin, _maxDepth) = (origin, maxDepth);

    /// <param name="scanner">Stands at the first character of the path.</param>
    /// <param name="maxDepth">How many elements are allowed.</param>
    public static HoconPath Read(Scanner scanner, int maxDepth)
    {
        var parser = new PathParser(scanner.Here, maxDepth);
        var blank = "";
        while (!scanner.AtComment)
        {
            var quoted = scanner.Peek() == '"';
            var piece = quoted ? Words.Quoted(scanner) : Words.Unquoted(scanner);
            if (piece.Length == 0 && !quoted)
            {
                break;
            }

            // Whitespace belongs to the path only between two of its pieces.
            parser._element.Append(blank);
            parser.Add(piece, quoted);
            var start = scanner.Position;
            scanner.SkipBlank();
            blank = scanner.From(start).ToString();
        }

        parser.Close();
        return new HoconPath(parser._elements.ToImmutable());
    }

    private void Add(string piece, bool quoted)
    {
        if (quoted)
        {
            _element.Append(piece);
            _present = true;
            return;
        }

        foreach (var c in piece)
        {
            if (c == '.')
            {
                Close();
            }
            else
            {
                _element.Append(c);
                _present = true;
            }
        }
    }

    private void Close()
    {
        if (!_present)
        {
            throw new HoconException(_origin, "a path has an empty element: remove the extra dot, or write \"\" for a key that is empty");
        }

        if (_elements.Count == _maxDepth)
        {
            throw new HoconException(_origin, $"this path has more than the {_maxDepth} elements allowed");
        }

        _elements.Add(_element.ToString());
        _element.Clear();
        _present = false;
    }
}
