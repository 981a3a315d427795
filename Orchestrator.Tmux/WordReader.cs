using System.Globalization;
using System.Text;

namespace Orchestrator.Tmux;

/// <summary>Reads words divided by blanks, and texts that have their length in bytes before them, as the driver's formats write them.</summary>
internal ref struct WordReader
{
    private ReadOnlySpan<byte> _rest;

    public WordReader(ReadOnlySpan<byte> bytes) => _rest = bytes;

    public WordReader(string text)
        : this(Encoding.UTF8.GetBytes(text))
    {
    }

    /// <summary>Everything up to the next blank, which is passed over.</summary>
    public string Word()
    {
        var end = _rest.IndexOf((byte)' ');
        var word = Encoding.UTF8.GetString(end < 0 ? _rest : _rest[..end]);
        _rest = end < 0 ? [] : _rest[(end + 1)..];
        return word;
    }

    /// <summary>A text written as <c>LENGTH:TEXT</c> with a blank after it.</summary>
    /// <exception cref="TmuxException">It is something else.</exception>
    public string Counted()
    {
        var colon = _rest.IndexOf((byte)':');
        if (colon < 1
            || !int.TryParse(_rest[..colon], NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            || _rest.Length < colon + 1 + length + 1)
        {
            throw new TmuxException("tmux described a pane in a form that is not understood.");
        }

        var text = Encoding.UTF8.GetString(_rest.Slice(colon + 1, length));
        _rest = _rest[(colon + 1 + length + 1)..];
        return text;
    }

    /// <summary>A whole number, or null if the word is none.</summary>
    public int? Number() => int.TryParse(Word(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>All that is left.</summary>
    public readonly string Rest() => Encoding.UTF8.GetString(_rest);
}
