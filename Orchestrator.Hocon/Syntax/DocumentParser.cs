namespace Orchestrator.Hocon.Syntax;

/// <summary>Reads one text into nodes.</summary>
internal sealed partial class DocumentParser
{
    private readonly Scanner _scanner;
    private readonly Inclusion _inclusion;
    private readonly HoconOptions _options;

    /// <summary>The place that the substitutions of this file are relative to: where the file is included.</summary>
    private readonly Scope _fileScope;

    /// <summary>The place of what is being read, for <c>+=</c> and for files included here.</summary>
    private Scope _place;
    private int _depth;

    private DocumentParser(string text, Inclusion inclusion, Scope scope, int depth)
    {
        _scanner = new Scanner(text, inclusion.Source);
        _inclusion = inclusion;
        _options = inclusion.Options;
        _fileScope = _place = scope;
        _depth = depth;
    }

    /// <param name="text">The whole text.</param>
    /// <param name="inclusion">What it is called, and how its includes are found.</param>
    /// <param name="scope">Where it is included; the root for a document of its own.</param>
    /// <param name="depth">How deep it is nested already.</param>
    /// <returns>An <see cref="ObjectNode"/> or an <see cref="ArrayNode"/>.</returns>
    public static Node Parse(string text, Inclusion inclusion, Scope scope, int depth) =>
        new DocumentParser(text, inclusion, scope, depth).Document();

    /// <summary>Reads a text that is one value, such as the value of an argument, into a field.</summary>
    public static void ParseValue(string text, Inclusion inclusion, ObjectNode root, HoconPath path, HoconOrigin origin, bool append)
    {
        var parser = new DocumentParser(text, inclusion, Scope.Root, path.Elements.Length - 1) { _place = new Scope(null, path) };
        parser.Value(root.Field(path, origin), append);
        parser._scanner.SkipLines();
        parser.ExpectEnd();
    }

    private Node Document()
    {
        _scanner.SkipLines();
        Node root;
        switch (_scanner.Peek())
        {
            case '{':
                root = Object();
                break;
            case '[':
                root = Array();
                break;
            default:
                var bare = new ObjectNode(_scanner.Here);
                Fields(bare, Scanner.End);
                root = bare;
                break;
        }

        _scanner.SkipLines();
        ExpectEnd();
        return root;
    }

    private void ExpectEnd()
    {
        if (!_scanner.AtEnd)
        {
            throw _scanner.Peek() == '}'
                ? _scanner.Error("this '}' closes nothing: remove it, or add the '{' it belongs to")
                : _scanner.Error($"{_scanner.Shown} stands behind the end of the document: remove it, or leave out the brackets around the root");
        }
    }

    private ObjectNode Object()
    {
        var node = new ObjectNode(_scanner.Here);
        Enter();
        _scanner.Advance();
        Fields(node, '}');
        if (!_scanner.TryTake('}'))
        {
            throw new HoconException(node.Origin, "this '{' is not closed: add the '}' it needs");
        }

        _depth--;
        return node;
    }

    private void Fields(ObjectNode target, int end)
    {
        _scanner.SkipLines();
        while (_scanner.Peek() != end && !_scanner.AtEnd)
        {
            Field(target);
            if (!Separated(end, "field"))
            {
                return;
            }
        }
    }

    private void Field(ObjectNode target)
    {
        var origin = _scanner.Here;
        if (_inclusion.TryRead(_scanner, _place, _depth) is { } included)
        {
            foreach (var file in included)
            {
                target.Merge(file);
            }

            return;
        }

        ExpectKey();
        var path = PathParser.Read(_scanner, _options.MaxDepth + 1 - Math.Max(_depth, 1));
        _scanner.SkipLines();
        var append = Separator(path);
        var slot = target.Field(path, origin);
        var outer = _place;
        _place = outer with { Prefix = outer.Prefix.Append(path.Elements) };
        _depth += path.Elements.Length - 1;
        Value(slot, append);
        _depth -= path.Elements.Length - 1;
        _place = outer;
    }

    private void ExpectKey()
    {
        var c = _scanner.Peek();
        if (c == '"' || Scanner.IsUnquoted(c))
        {
            return;
        }

        throw _scanner.Error(c switch
        {
            ',' => "a comma separates nothing here: remove it",
            '}' or ']' => $"{_scanner.Shown} closes nothing here: remove it, or add the bracket it belongs to",
            '$' => "substitutions cannot stand in keys: write the key itself, or quote it",
            '{' or '[' => $"expected a key, found {_scanner.Shown}: objects and arrays cannot be keys, and none can follow without a key",
            _ => $"expected a key, found {_scanner.Shown}: put the key in double quotes if it holds this character",
        });
    }

    /// <summary>Passes what separates key and value, and says whether it was <c>+=</c>.</summary>
    private bool Separator(HoconPath path)
    {
        if (_scanner.StartsWith("+="))
        {
            _scanner.Advance(2);
            return true;
        }

        if (_scanner.Peek() == '{' || _scanner.TryTake(':') || _scanner.TryTake('='))
        {
            return false;
        }

        throw _scanner.Error($"expected '=', ':', '+=' or '{{' after the key {path}, found {_scanner.Shown}: give the key a value, or put the key in double quotes if this belongs to it");
    }

    /// <summary>Passes what separates fields or elements. False when there is nothing more to separate.</summary>
    private bool Separated(int end, string what)
    {
        var newline = _scanner.SkipLines();
        if (_scanner.TryTake(','))
        {
            _scanner.SkipLines();
            if (_scanner.Peek() == ',')
            {
                throw _scanner.Error("two commas in a row: remove one");
            }

            return true;
        }

        if (newline || _scanner.Peek() == end || _scanner.AtEnd)
        {
            return newline;
        }

        throw _scanner.Peek() is '}' or ']'
            ? _scanner.Error($"{_scanner.Shown} closes nothing here: remove it, or add the bracket it belongs to")
            : _scanner.Error($"expected a comma or a new line before the next {what}, found {_scanner.Shown}: a value with this character needs double quotes");
    }

    private void Enter()
    {
        if (_depth >= _options.MaxDepth)
        {
            throw _scanner.Error($"nested deeper than the {_options.MaxDepth} levels allowed");
        }

        _depth++;
    }
}
