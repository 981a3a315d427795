using System.Globalization;

using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

using Orchestrator.Actors.Agents;
using Orchestrator.Runtime;

namespace Orchestrator.Node.Transcripts;

/// <summary>What is kept of the transcripts of programs that have ended, for when the program's own folder is gone: a file for each end, of mode 0600, the last few of each agent.</summary>
/// <param name="folder">Holds a folder for each agent.</param>
/// <param name="most">How much of a transcript is kept, in bytes; 0 keeps none.</param>
/// <param name="logger">Gets what could not be kept.</param>
internal sealed partial class KeptTranscripts(string folder, long most, ILogger<KeptTranscripts> logger) : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const string Extension = ".transcript";

    // One after the other: many agents may end at once, and each is held in memory.
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>How much of a transcript is kept and shown, in bytes.</summary>
    public long Most => most;

    /// <summary>Keeps the end of a transcript.</summary>
    /// <param name="agent">Whose program has ended.</param>
    /// <param name="generation">As which placement.</param>
    /// <param name="transcript">Its transcript.</param>
    /// <param name="node">This node.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellation">Stops the wait for others.</param>
    /// <returns>Null if there is nothing to keep, or it could not be written: an end is reported all the same.</returns>
    public async Task<KeptTranscript?> KeepAsync(AgentName agent, Generation generation, OwnTranscript transcript, string node, DateTimeOffset now, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            if (most == 0 || transcript.Read(most) is not { } end)
            {
                return null;
            }

            var path = PathOf(agent, generation);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!, OwnerOnly);
            await PrivateFile.WriteAsync(path, string.Concat(end.Lines.Select(static line => line + '\n')), cancellation);
            RemoveOlder(agent);
            return new KeptTranscript(generation, node, end.From, new FileInfo(path).Length, end.LeftOut, now);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or SqliteException)
        {
            LogNotKept(logger, exception, agent.Value);
            return null;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>What was kept; null if it is not there any more.</summary>
    public TranscriptEnd? Read(AgentName agent, Generation generation) => TranscriptEnd.OfFile(PathOf(agent, generation), long.MaxValue - 1);

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private string PathOf(AgentName agent, Generation generation) => Path.Combine(folder, agent.Value, generation.Value.ToString(CultureInfo.InvariantCulture) + Extension);

    private void RemoveOlder(AgentName agent)
    {
        var files = Directory.GetFiles(Path.Combine(folder, agent.Value), "*" + Extension).OrderByDescending(static file => long.TryParse(Path.GetFileNameWithoutExtension(file), NumberStyles.None, CultureInfo.InvariantCulture, out var generation) ? generation : 0);
        foreach (var file in files.Skip(KeptTranscript.Most))
        {
            File.Delete(file);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "the transcript of {Agent} could not be kept")]
    private static partial void LogNotKept(ILogger logger, Exception exception, string agent);
}
