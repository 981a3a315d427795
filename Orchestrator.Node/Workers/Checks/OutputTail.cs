using System.Text;

namespace Orchestrator.Node.Workers.Checks;

/// <summary>The end of what a program writes, from both of its streams, in characters that every store takes.</summary>
internal sealed class OutputTail(int most)
{
    private readonly Lock _lock = new();
    private readonly StringBuilder _text = new();
    private bool _cut;

    /// <summary>Reads until the stream ends.</summary>
    public async Task FollowAsync(StreamReader stream, CancellationToken cancellation)
    {
        var buffer = new char[4096];
        while (await stream.ReadAsync(buffer, cancellation) is > 0 and var count)
        {
            lock (_lock)
            {
                _text.Append(buffer, 0, count);
                if (_text.Length > most)
                {
                    _text.Remove(0, _text.Length - most);
                    _cut = true;
                }
            }
        }
    }

    /// <summary>What was read last.</summary>
    public string Text()
    {
        lock (_lock)
        {
            var text = new StringBuilder(_cut ? "…" : string.Empty);
            foreach (var rune in _text.ToString().EnumerateRunes())
            {
                text.Append(rune.Value is '\n' or '\t' || !Rune.IsControl(rune) ? rune : rune.Value == '\r' ? new Rune('\n') : Rune.ReplacementChar);
            }

            return text.ToString().Trim();
        }
    }
}
