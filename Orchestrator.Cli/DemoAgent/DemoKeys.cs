using System.Text;

namespace Orchestrator.Cli.DemoAgent;

/// <summary>What a person, or tmux for one, has pressed.</summary>
internal abstract record DemoKey
{
    internal sealed record Text(string Value) : DemoKey;

    internal sealed record Paste(string Value) : DemoKey;

    internal sealed record Enter : DemoKey;

    internal sealed record NewLine : DemoKey;

    internal sealed record Backspace : DemoKey;

    internal sealed record ClearDraft : DemoKey;

    internal sealed record Interrupt : DemoKey;

    internal sealed record EndOfInput : DemoKey;

    internal sealed record Escape : DemoKey;
}

/// <summary>Turns the bytes of a raw terminal into keys. Bracketed pastes come as one key, however many reads they took.</summary>
internal sealed class DemoKeys
{
    private static readonly byte[] PasteBegins = "\e[200~"u8.ToArray();
    private static readonly byte[] PasteEnds = "\e[201~"u8.ToArray();

    private readonly List<byte> _pending = [];
    private bool _pasting;

    /// <summary>Whether an escape sequence has begun and not ended: if nothing follows within a moment, it was the key Esc.</summary>
    public bool Unfinished => !_pasting && _pending.Count > 0;

    /// <summary>The keys that <paramref name="bytes"/> complete.</summary>
    public List<DemoKey> Read(ReadOnlySpan<byte> bytes)
    {
        _pending.AddRange(bytes);
        var keys = new List<DemoKey>();
        while (_pending.Count > 0 && Next(keys))
        {
            // Next takes what it understands off the front.
        }

        return keys;
    }

    /// <summary>Gives up on an escape sequence that nothing has followed.</summary>
    public DemoKey? Flush()
    {
        var escape = Unfinished && _pending[0] == 0x1b;
        if (Unfinished)
        {
            _pending.Clear();
        }

        return escape ? new DemoKey.Escape() : null;
    }

    private bool Next(List<DemoKey> keys)
    {
        if (_pasting)
        {
            return NextOfPaste(keys);
        }

        switch (_pending[0])
        {
            case 0x1b:
                return NextOfEscape(keys);
            case (byte)'\r':
                return Take(1, keys, new DemoKey.Enter());
            case (byte)'\n':
                return Take(1, keys, new DemoKey.NewLine());
            case 0x7f or 0x08:
                return Take(1, keys, new DemoKey.Backspace());
            case 0x03:
                return Take(1, keys, new DemoKey.Interrupt());
            case 0x04:
                return Take(1, keys, new DemoKey.EndOfInput());
            case 0x15:
                return Take(1, keys, new DemoKey.ClearDraft());
            case < 0x20 and not (byte)'\t':
                return Take(1, keys, key: null);
            default:
                return NextOfText(keys);
        }
    }

    private bool NextOfText(List<DemoKey> keys)
    {
        var length = 0;
        while (length < _pending.Count && _pending[length] is (>= 0x20 or (byte)'\t') and not 0x7f)
        {
            length++;
        }

        var whole = WholeCharacters(length);
        return whole > 0 && Take(whole, keys, new DemoKey.Text(Decode(whole)));
    }

    // A character may be cut in two by the end of a read.
    private int WholeCharacters(int length)
    {
        for (var back = 1; back <= Math.Min(4, length) && length == _pending.Count; back++)
        {
            var b = _pending[length - back];
            if (b >= 0xc0)
            {
                var needed = b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : 2;
                return needed > back ? length - back : length;
            }

            if (b < 0x80)
            {
                break;
            }
        }

        return length;
    }

    private bool NextOfPaste(List<DemoKey> keys)
    {
        var end = _pending.Count < PasteEnds.Length ? -1 : System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_pending).IndexOf(PasteEnds);
        if (end < 0)
        {
            return false;
        }

        var text = Decode(end).ReplaceLineEndings("\n");
        _pasting = false;
        return Take(end + PasteEnds.Length, keys, new DemoKey.Paste(text));
    }

    private bool NextOfEscape(List<DemoKey> keys)
    {
        if (_pending.Count == 1)
        {
            return false;
        }

        if (_pending[1] == '\r')
        {
            return Take(2, keys, new DemoKey.NewLine());
        }

        if (_pending[1] is not ((byte)'[' or (byte)'O'))
        {
            return Take(1, keys, new DemoKey.Escape());
        }

        var end = 2;
        while (end < _pending.Count && _pending[end] is < 0x40 or > 0x7e)
        {
            end++;
        }

        if (end == _pending.Count)
        {
            return false;
        }

        _pasting = _pending.Count >= PasteBegins.Length && System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_pending)[..(end + 1)].SequenceEqual(PasteBegins);
        return Take(end + 1, keys, key: null);
    }

    private bool Take(int count, List<DemoKey> keys, DemoKey? key)
    {
        _pending.RemoveRange(0, count);
        if (key is not null)
        {
            keys.Add(key);
        }

        return true;
    }

    private string Decode(int count) => Encoding.UTF8.GetString(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_pending)[..count]);
}
