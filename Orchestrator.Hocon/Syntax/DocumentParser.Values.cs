namespace Orchestrator.Hocon.Syntax;

// Reading values: their parts, arrays, substitutions.
internal sealed partial class DocumentParser
{
    /// <summary>Reads all parts of a value and assigns them.</summary>
    private void Value(Slot slot, bool append)
    {
        _scanner.SkipLines();
        var origin = _scanner.Here;
        if (append)
        {
            var array = new ArrayNode(origin);
            var item = new Slot();
            var previous = new SubstitutionNode(origin, HoconPath.Root, _place) { Optional = true, ScopeOnly = true };
            _place = new Scope(item, HoconPath.Root);
            Assign(item, origin, Parts());
            if (slot.TryAppend(item))
            {
                return;
            }

            array.Items.Add(item);
            slot.Add(new Layer(new ConcatenationNode(origin, [new Part("", previous), new Part("", array)])));
        }
        else
        {
            Assign(slot, origin, Parts());
        }
    }

    private List<Part> Parts()
    {
        var parts = new List<Part>();
        var blank = "";
        while (Part() is { } node)
        {
            parts.Add(new Part(blank, node));
            var start = _scanner.Position;
            _scanner.SkipBlank();
            blank = _scanner.From(start).ToString();
        }

        return parts;
    }

    private Node? Part()
    {
        var origin = _scanner.Here;
        switch (_scanner.Peek())
        {
            case '{':
                return Object();
            case '[':
                return Array();
            case '"':
                return new QuotedNode(origin, Words.Quoted(_scanner));
            case '$' when _scanner.Peek(1) == '{':
                return Substitution();
            default:
                var word = _scanner.AtComment ? "" : Words.Unquoted(_scanner);
                return word.Length == 0 ? null : new WordNode(origin, word);
        }
    }

    private SubstitutionNode Substitution()
    {
        var origin = _scanner.Here;
        _scanner.Advance(2);
        var optional = _scanner.TryTake('?');
        _scanner.SkipBlank();
        if (_scanner.Peek() != '"' && !Scanner.IsUnquoted(_scanner.Peek()))
        {
            throw _scanner.Error($"expected a path after '${{', found {_scanner.Shown}: write ${{a.b}} or ${{?a.b}}");
        }

        var path = PathParser.Read(_scanner, _options.MaxDepth);
        var isList = _scanner.StartsWith("[]");
        _scanner.Advance(isList ? 2 : 0);
        _scanner.SkipBlank();
        if (!_scanner.TryTake('}'))
        {
            throw _scanner.Error($"expected '}}' at the end of the substitution, found {_scanner.Shown}");
        }

        return new SubstitutionNode(origin, path, _fileScope) { Optional = optional, IsList = isList };
    }

    private void Assign(Slot slot, HoconOrigin origin, List<Part> parts)
    {
        if (parts.Count == 0)
        {
            throw _scanner.Error(_scanner.Peek() is '\n' or '}' or ']' or ',' or Scanner.End
                ? $"expected a value, found {_scanner.Shown}: write the value, or \"\" for an empty string"
                : $"{_scanner.Shown} is reserved: put the value in double quotes");
        }

        Concatenation.Assign(slot, origin, parts);
    }

    private ArrayNode Array()
    {
        var node = new ArrayNode(_scanner.Here);
        Enter();
        _scanner.Advance();
        _scanner.SkipLines();
        var outer = _place;
        while (_scanner.Peek() != ']' && !_scanner.AtEnd)
        {
            var item = new Slot();
            _place = new Scope(item, HoconPath.Root);
            Value(item, append: false);
            node.Items.Add(item);
            if (_scanner.Peek() is '=' or ':')
            {
                throw _scanner.Error($"{_scanner.Shown} separates a key from its value, but this is inside the array that starts at {node.Origin}: close the array with ']', or put the text in double quotes");
            }

            if (!Separated(']', "element"))
            {
                break;
            }
        }

        _place = outer;
        if (!_scanner.TryTake(']'))
        {
            throw new HoconException(node.Origin, "this '[' is not closed: add the ']' it needs");
        }

        _depth--;
        return node;
    }
}

/// <summary>A quoted string while a value is being read: its blanks count in a concatenation of arrays.</summary>
internal sealed class QuotedNode(HoconOrigin origin, string text) : Node(origin)
{
    public string Text { get; } = text;

    public override bool Hides => true;
}

/// <summary>An unquoted run while a value is being read: a number or a keyword only if it stands alone.</summary>
internal sealed class WordNode(HoconOrigin origin, string text) : Node(origin)
{
    public string Text { get; } = text;

    public override bool Hides => true;
}
