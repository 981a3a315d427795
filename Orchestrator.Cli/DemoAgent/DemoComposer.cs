using System.Globalization;
using System.Text;

namespace Orchestrator.Cli.DemoAgent;

/// <summary>The draft: typed text and pastes. A long paste is shown by its size only, yet submitted whole.</summary>
internal sealed class DemoComposer
{
    /// <summary>Pastes of more characters than this are shown collapsed.</summary>
    public const int CollapseOver = 1000;

    private readonly List<(string Text, bool Collapsed)> _parts = [];

    public bool IsEmpty => _parts.Count == 0;

    public void Type(string text)
    {
        if (_parts is [.., (var last, false)])
        {
            _parts[^1] = (last + text, false);
        }
        else
        {
            _parts.Add((text, false));
        }
    }

    public void Paste(string text)
    {
        if (Characters(text) > CollapseOver)
        {
            _parts.Add((text, true));
        }
        else if (text.Length > 0)
        {
            Type(text);
        }
    }

    public void Backspace()
    {
        if (_parts is not [.., var (text, collapsed)])
        {
            return;
        }

        var elements = StringInfo.ParseCombiningCharacters(text);
        if (collapsed || elements.Length <= 1)
        {
            _parts.RemoveAt(_parts.Count - 1);
        }
        else
        {
            _parts[^1] = (text[..elements[^1]], false);
        }
    }

    public void Clear() => _parts.Clear();

    /// <summary>The whole text, and an empty draft afterwards.</summary>
    public string Submit()
    {
        var text = string.Concat(_parts.Select(static p => p.Text));
        Clear();
        return text;
    }

    /// <summary>The draft as it is shown, without its prompt.</summary>
    public string Shown()
    {
        var shown = new StringBuilder();
        foreach (var (text, collapsed) in _parts)
        {
            shown.Append(collapsed ? string.Create(CultureInfo.InvariantCulture, $"[Pasted {Characters(text)} chars]") : text);
        }

        return shown.ToString();
    }

    /// <summary>How many characters (Unicode code points) a text has.</summary>
    public static int Characters(string text) => text.EnumerateRunes().Count();
}
