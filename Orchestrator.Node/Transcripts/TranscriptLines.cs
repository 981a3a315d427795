using Orchestrator.Node.Profiles;

namespace Orchestrator.Node.Transcripts;

/// <summary>The lines that are written to the transcripts of a program, each once. Not for use by several threads at once.</summary>
internal sealed class TranscriptLines : ITranscriptLines
{
    // How many looks only the file that is followed is read before the others are looked at too: the program may have begun another.
    private const int LooksBetweenListings = 10;

    private readonly TranscriptFiles _files;
    private readonly Dictionary<string, long> _read = new(StringComparer.Ordinal);
    private int _looks;

    /// <summary>The transcripts of a program that was started with <paramref name="context"/>.</summary>
    /// <param name="rules">Where they lie.</param>
    /// <param name="context">What it was started with.</param>
    /// <param name="fromNow">Only what is written from now on.</param>
    public TranscriptLines(TranscriptRules rules, LaunchContext context, bool fromNow)
    {
        _files = new TranscriptFiles(rules, context);
        if (fromNow)
        {
            foreach (var file in _files.List())
            {
                _read[file.FullName] = TranscriptFiles.LastLineStart(file.FullName);
            }
        }
    }

    public IEnumerable<(string File, TranscriptLine Line)> New(string? followed)
    {
        var all = followed is null || ++_looks % LooksBetweenListings == 0;
        foreach (var file in all ? _files.List().Select(static file => file.FullName) : [followed!])
        {
            var offset = _read.GetValueOrDefault(file);
            while (TranscriptFiles.ReadLines(file, offset) is (var lines, var next) && next > offset)
            {
                _read[file] = offset = next;
                foreach (var (start, text) in lines)
                {
                    yield return (file, new TranscriptLine(file, start, text));
                }
            }
        }
    }
}
