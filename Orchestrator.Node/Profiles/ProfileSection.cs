using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Orchestrator.Hocon;
using Orchestrator.Node.Screens;

namespace Orchestrator.Node.Profiles;

/// <summary>A part of a profile as it is being read: it remembers which keys were asked for, so that the others can be told of.</summary>
internal sealed class ProfileSection(HoconObject source, string path, List<string> warnings)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public IEnumerable<string> Keys => source.Keys;

    public string Path(string key) => path.Length == 0 ? key : $"{path}.{key}";

    public bool Has(string key)
    {
        _known.Add(key);
        return source.TryGetValue(key, out var value) && value.Kind != HoconKind.Null;
    }

    public string Text(string key) => Read(key, () => source.GetString(Quoted(key)));

    public string? TextOrNull(string key) => Has(key) && Text(key) is { Length: > 0 } text ? text : null;

    public bool Flag(string key) => Read(key, () => source.GetBoolean(Quoted(key)));

    public TimeSpan Duration(string key)
    {
        var value = Read(key, () => source.GetDuration(Quoted(key)));
        return value >= TimeSpan.Zero ? value : throw Wrong(key, "is negative: give a duration of 0s or more");
    }

    public int Number(string key, int least, int most)
    {
        var value = Read(key, () => source.GetInt(Quoted(key)));
        return value >= least && value <= most ? value : throw Wrong(key, $"is {value}: give {least} to {most}");
    }

    public double? DecimalOrNull(string key, double least, double most)
    {
        if (!Has(key))
        {
            return null;
        }

        var value = Read(key, () => source.GetDouble(Quoted(key)));
        return value >= least && value <= most ? value : throw Wrong(key, $"is {Text(key)}: give {least} to {most}, or null");
    }

    public int Bytes(string key, int least, int most)
    {
        var value = Read(key, () => source.GetBytes(Quoted(key)));
        return value >= least && value <= most ? (int)value : throw Wrong(key, $"is {value} bytes: give {least} to {most}");
    }

    /// <summary>An activity by its name; null for <c>none</c>.</summary>
    public ScreenActivity? Activity(string key)
        => ScreenActivityNames.TryParse(Text(key), out var known)
            ? known
            : Text(key) == "none" ? null : throw Wrong(key, $"is {Text(key)}: give one of {string.Join(", ", ScreenActivityNames.All)}, or none");

    public ImmutableArray<string> Texts(string key) => Read(key, () => source.GetStringList(Quoted(key)).ToImmutableArray());

    /// <summary>A string, or an array of strings.</summary>
    public ImmutableArray<string> TextOrTexts(string key)
        => Has(key) && source[key].Kind == HoconKind.Array ? Texts(key) : [Text(key)];

    public Regex Pattern(string key) => Compiled(key, Text(key));

    public Regex? PatternOrNull(string key) => TextOrNull(key) is { } text ? Compiled(key, text) : null;

    public ImmutableArray<Regex> Patterns(string key) => [.. Texts(key).Select(text => Compiled(key, text))];

    public Regex Compiled(string key, string pattern) => Compiled(key, pattern, ProfilePattern.Of);

    /// <summary>A pattern of which every capture of a repeated group is read, not only the last one; null if there is none.</summary>
    public Regex? PatternWithCapturesOrNull(string key) => TextOrNull(key) is { } text ? Compiled(key, text, ProfilePattern.WithCaptures) : null;

    public T OneOf<T>(string key, IReadOnlyDictionary<string, T> choices)
        => choices.TryGetValue(Text(key), out var choice) ? choice : throw Wrong(key, $"is {Text(key)}: give one of {string.Join(", ", choices.Keys)}");

    public ProfileSection Section(string key) => new(Read(key, () => source.GetObject(Quoted(key))), Path(key), warnings);

    public ImmutableArray<ProfileSection> Sections(string key)
        => [.. Read(key, () => source.GetObjectList(Quoted(key))).Select((item, index) => new ProfileSection(item, $"{Path(key)}.{index}", warnings))];

    /// <summary>Texts in which the placeholders of a launch may stand, and those named.</summary>
    public ImmutableArray<string> Filled(string key, params ImmutableArray<string> further) => [.. Texts(key).Select(text => Filled(key, text, further))];

    /// <summary>A text in which the placeholders of a launch may stand, and those named.</summary>
    public string Filled(string key, string text, params ImmutableArray<string> further) => Placeholders.Unknown(text, [.. Placeholders.Names, .. further]) is { } unknown
        ? throw Wrong(key, $"has the placeholder {{{unknown}}}: known are {string.Join(", ", Placeholders.Names.Concat(further).Select(name => $"{{{name}}}"))}")
        : text;

    /// <summary>An object, as JSON.</summary>
    public string Json(string key) => Read(key, () => HoconRenderer.Render(source.GetObject(Quoted(key)), new HoconRenderOptions { Json = true }));

    public HoconException Wrong(string key, string problem)
        => new(source.TryGetValue(key, out var value) ? value.Origin : source.Origin, $"{Path(key)} {problem}", Path(key));

    /// <summary>Keys that nobody has asked for, as warnings.</summary>
    public void WarnOfTheRest()
    {
        foreach (var key in Unknown())
        {
            warnings.Add($"{source.KeyOrigin(key)}: unknown key {Path(key)}: known here are {string.Join(", ", _known.Order(StringComparer.Ordinal))}");
        }
    }

    /// <summary>Where a key that is not understood would change what the rest means.</summary>
    public void AllowNoOthers()
    {
        if (Unknown().FirstOrDefault() is { } key)
        {
            throw Wrong(key, $"is unknown: known here are {string.Join(", ", _known.Order(StringComparer.Ordinal))}");
        }
    }

    private Regex Compiled(string key, string pattern, Func<string, Regex> compile)
    {
        try
        {
            return compile(pattern);
        }
        catch (ArgumentException e)
        {
            throw Wrong(key, $"is no regular expression: {e.Message}");
        }
    }

    private IEnumerable<string> Unknown() => source.Keys.Where(key => !_known.Contains(key));

    private T Read<T>(string key, Func<T> read)
    {
        _known.Add(key);
        return read();
    }

    private static string Quoted(string key) => $"\"{key.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
