using System.Globalization;
using System.Text;
using Orchestrator.Hocon.Rendering;

namespace Orchestrator.Hocon;

/// <summary>Writes values as HOCON or JSON that reads back as the same values.</summary>
public sealed class HoconRenderer
{
    /// <summary>What stands in place of a value that is not shown.</summary>
    public const string Redacted = "<redacted>";

    private readonly StringBuilder _text = new();
    private readonly HoconRenderOptions _options;
    private readonly List<PathPattern> _redact;
    private readonly List<string> _path = [];

    private HoconRenderer(HoconRenderOptions options)
    {
        _options = options;
        _redact = [.. options.Redact.Select(PathPattern.Parse)];
    }

    /// <summary>Writes a value. An object as HOCON is written without braces around it.</summary>
    /// <param name="value">The value.</param>
    /// <param name="options">How to write it; <see cref="HoconRenderOptions.Default"/> if left out.</param>
    /// <returns>The text; several lines are separated by <c>\n</c>.</returns>
    /// <exception cref="HoconException">A path to redact does not parse.</exception>
    public static string Render(HoconValue value, HoconRenderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(value);
        var renderer = new HoconRenderer(options ?? HoconRenderOptions.Default);
        if (value is HoconObject root && !renderer._options.Json)
        {
            renderer.Fields(root, 0);
        }
        else
        {
            renderer.Value(value, 0);
        }

        return renderer._text.ToString().TrimEnd('\n');
    }

    private void Fields(HoconObject o, int indent)
    {
        var left = o.Count;
        foreach (var (key, value) in o)
        {
            Indent(indent);
            _text.Append(_options.Json ? Quoting.String(key) : Quoting.Key(key));
            _text.Append(_options.Json ? ": " : value is HoconObject ? " " : " = ");
            _path.Add(key);
            Value(value, indent);
            _path.RemoveAt(_path.Count - 1);
            End(value, --left);
        }
    }

    private void Items(HoconArray array, int indent)
    {
        for (var i = 0; i < array.Count; i++)
        {
            Indent(indent);
            _path.Add(i.ToString(CultureInfo.InvariantCulture));
            Value(array[i], indent);
            _path.RemoveAt(_path.Count - 1);
            End(array[i], array.Count - 1 - i);
        }
    }

    private void End(HoconValue value, int left)
    {
        if (_options.Json && left > 0)
        {
            _text.Append(',');
        }
        else if (_options is { Origins: true, Json: false } && value is not HoconObject { Count: > 0 })
        {
            _text.Append("  # ");
            foreach (var c in value.Origin.ToString())
            {
                _text.Append(char.IsControl(c) ? '?' : c);
            }
        }

        _text.Append('\n');
    }

    private void Value(HoconValue value, int indent)
    {
        if (_redact.Exists(pattern => pattern.Matches(_path)))
        {
            _text.Append(Quoting.String(Redacted));
            return;
        }

        switch (value)
        {
            case HoconScalar { Kind: HoconKind.String } text:
                _text.Append(Quoting.String(text.Text));
                break;
            case HoconScalar scalar:
                _text.Append(scalar.Text);
                break;
            case HoconObject { Count: 0 }:
                _text.Append("{}");
                break;
            case HoconArray { Count: 0 }:
                _text.Append("[]");
                break;
            case HoconObject o:
                _text.Append("{\n");
                Fields(o, indent + 1);
                Indent(indent);
                _text.Append('}');
                break;
            case HoconArray array:
                _text.Append("[\n");
                Items(array, indent + 1);
                Indent(indent);
                _text.Append(']');
                break;
        }
    }

    private void Indent(int indent) => _text.Append(' ', indent * 2);
}
