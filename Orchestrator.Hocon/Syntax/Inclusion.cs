namespace Orchestrator.Hocon.Syntax;

/// <summary>The include statement: reads it, finds its files next to the including one, and parses them.</summary>
internal sealed class Inclusion
{
    private const string Keyword = "include";

    private readonly string? _folder;
    private readonly Inclusion? _includer;
    private readonly string? _file;
    private readonly Usage _usage;

    private Inclusion(HoconOptions options, string source, string? folder, string? file, Inclusion? includer, Usage usage)
    {
        Options = options;
        Source = source;
        _folder = folder;
        _file = file;
        _includer = includer;
        _usage = usage;
    }

    public HoconOptions Options { get; }

    /// <summary>What the text is called in errors.</summary>
    public string Source { get; }

    /// <summary>A text of its own.</summary>
    public static Inclusion OfText(HoconOptions options) => new(options, options.SourceName, options.BaseFolder, null, null, new Usage());

    /// <summary>Reads and parses a file of its own.</summary>
    public static Node ParseFile(string path, HoconOptions options)
    {
        var full = Path.GetFullPath(path);
        var inclusion = new Inclusion(options, path, Path.GetDirectoryName(full), full, null, new Usage());
        return DocumentParser.Parse(inclusion.Text(HoconOrigin.Of(path), full), inclusion, Scope.Root, 0);
    }

    public void CountCharacters(HoconOrigin origin, long count)
    {
        _usage.Characters += count;
        if (_usage.Characters > Options.MaxCharacters)
        {
            throw new HoconException(origin, $"the document has more than the {Options.MaxCharacters} characters allowed");
        }
    }

    /// <summary>Reads an include statement if one stands here. Null if a field does; else the objects to merge in order, none if the file is not there.</summary>
    public IReadOnlyList<ObjectNode>? TryRead(Scanner scanner, Scope place, int depth)
    {
        var next = scanner.Peek(Keyword.Length);
        if (!scanner.StartsWith(Keyword) || (Scanner.IsUnquoted(next) && !(next == '/' && scanner.Peek(Keyword.Length + 1) == '/')))
        {
            return null;
        }

        var origin = scanner.Here;
        scanner.Advance(Keyword.Length);
        scanner.SkipLines();
        var (name, required) = Resource(scanner, mayRequire: true);
        if (!Options.AllowIncludes)
        {
            throw new HoconException(origin, "include is not allowed here: put the include into a configuration file");
        }

        var files = Find(origin, name);
        if (files.Count == 0 && required)
        {
            throw new HoconException(origin, $"the required file {name} is not there (looked for {Full(origin, name)}): create it, or leave out required() if it may be missing");
        }

        return files.ConvertAll(file => Parsed(origin, file, place, depth));
    }

    private static (string Name, bool Required) Resource(Scanner scanner, bool mayRequire)
    {
        if (scanner.Peek() == '"')
        {
            return (Words.Quoted(scanner), false);
        }

        var origin = scanner.Here;
        var start = scanner.Position;
        while (scanner.Peek() is >= 'a' and <= 'z')
        {
            scanner.Advance();
        }

        var function = scanner.From(start).ToString();
        if (!scanner.TryTake('('))
        {
            throw new HoconException(origin, "expected a quoted file name after include: write include \"name.conf\", include file(\"name.conf\") or include required(\"name.conf\"); a key that starts with include needs double quotes");
        }

        scanner.SkipLines();
        var result = function switch
        {
            "required" when mayRequire => (Resource(scanner, mayRequire: false).Name, true),
            "file" when scanner.Peek() == '"' => (Words.Quoted(scanner), false),
            "file" => throw scanner.Error($"expected a quoted file name, found {scanner.Shown}"),
            "url" or "classpath" => throw new HoconException(origin, $"include {function}() is not supported: only files can be included, as in include file(\"name.conf\")"),
            _ => throw new HoconException(origin, $"include knows no {function}() here: use file(\"…\"), required(\"…\") or required(file(\"…\"))"),
        };
        scanner.SkipLines();
        return scanner.TryTake(')') ? result : throw scanner.Error($"expected ')' after the file name, found {scanner.Shown}");
    }

    /// <summary>The file of this name; a name without extension stands for <c>.json</c> and <c>.conf</c> files as well, in that order.</summary>
    private List<string> Find(HoconOrigin origin, string name)
    {
        if (name.Contains("://", StringComparison.Ordinal))
        {
            throw new HoconException(origin, $"cannot include {name}: only files can be included");
        }

        if (name.Length == 0 || name.Contains('\0', StringComparison.Ordinal))
        {
            throw new HoconException(origin, "this is no file name: write the name of the file to include");
        }

        var full = Full(origin, name);
        string[] candidates = Path.HasExtension(full) ? [full] : [full, full + ".json", full + ".conf"];
        return [.. candidates.Where(File.Exists)];
    }

    private string Full(HoconOrigin origin, string name)
    {
        if (Path.IsPathRooted(name))
        {
            return Path.GetFullPath(name);
        }

        return _folder is null
            ? throw new HoconException(origin, $"cannot tell which folder {name} is relative to, as this text comes from no file: write the absolute path")
            : Path.GetFullPath(name, Path.GetFullPath(_folder));
    }

    private ObjectNode Parsed(HoconOrigin origin, string file, Scope place, int depth)
    {
        for (var outer = this; outer is not null; outer = outer._includer)
        {
            if (string.Equals(outer._file, file, StringComparison.Ordinal))
            {
                throw new HoconException(origin, $"{file} includes itself: {Chain(file)}");
            }
        }

        if (++_usage.Includes > Options.MaxIncludes)
        {
            throw new HoconException(origin, $"the document includes more than the {Options.MaxIncludes} files allowed");
        }

        if (depth + 1 > Options.MaxDepth)
        {
            throw new HoconException(origin, $"nested deeper than the {Options.MaxDepth} levels allowed");
        }

        var inclusion = new Inclusion(Options, Shown(file), Path.GetDirectoryName(file), file, this, _usage);
        return DocumentParser.Parse(inclusion.Text(origin, file), inclusion, place, depth + 1) as ObjectNode
            ?? throw new HoconException(origin, $"{file} holds an array, and only objects can be included: give the array a key");
    }

    private string Text(HoconOrigin origin, string file)
    {
        var text = FileText.Read(origin, file, Options.MaxCharacters);
        CountCharacters(origin, text.Length);
        return text;
    }

    /// <summary>The name in errors: as the including file is called, so that relative names stay relative.</summary>
    private string Shown(string file)
    {
        var folder = _file is null ? null : Path.GetDirectoryName(Source);
        return folder is null || _folder is null ? file : Path.Combine(folder, Path.GetRelativePath(_folder, file));
    }

    private string Chain(string file)
    {
        var names = new List<string> { file };
        for (var outer = this; outer is not null; outer = outer._includer)
        {
            names.Add(outer._file ?? outer.Source);
            if (string.Equals(outer._file, file, StringComparison.Ordinal))
            {
                break;
            }
        }

        names.Reverse();
        return string.Join(" includes ", names);
    }

    /// <summary>What all files of one document use together.</summary>
    private sealed class Usage
    {
        public int Includes { get; set; }

        public long Characters { get; set; }
    }
}
