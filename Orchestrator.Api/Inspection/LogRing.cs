using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Orchestrator.Client;

namespace Orchestrator.Api.Inspection;

/// <summary>The newest lines of this node's own log, secrets redacted, in a ring of bounded size: what <c>pbm log</c> shows.</summary>
internal sealed class LogRing(TimeProvider time) : ILoggerProvider
{
    /// <summary>How many lines are kept.</summary>
    public const int Capacity = 2000;

    private const int LongestText = 2000;
    private const int LongestError = 8000;
    private readonly Lock _gate = new();
    private readonly LogLineInfo[] _lines = new LogLineInfo[Capacity];
    private TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _last;

    /// <summary>The number of the newest line.</summary>
    public long Last => Interlocked.Read(ref _last);

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Source(this, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    /// <summary>At most <paramref name="most"/> lines after the line <paramref name="after"/>, the first of them; without it the last that there are.</summary>
    public LogInfo Read(long? after, int most, LogLevel least)
    {
        lock (_gate)
        {
            var first = Math.Max(1, _last - Capacity + 1);
            var from = after is { } known ? Math.Max(first, known + 1) : first;
            var found = new List<LogLineInfo>();
            for (var number = from; number <= _last; number++)
            {
                var line = _lines[number % Capacity];
                if (LevelOf(line) >= least)
                {
                    found.Add(line);
                }
            }

            var shown = after is null ? found.TakeLast(most) : found.Take(most);
            ImmutableArray<LogLineInfo> lines = [.. shown];
            return new LogInfo(lines, after is not null && lines.Length < found.Count ? lines[^1].Number : _last, after is { } asked ? Math.Max(0, from - asked - 1) : 0);
        }
    }

    /// <summary>Returns once there is a line after <paramref name="after"/>, or the time is over.</summary>
    public async Task WaitAsync(long after, TimeSpan limit, CancellationToken cancellationToken)
    {
        Task written;
        lock (_gate)
        {
            written = _last > after ? Task.CompletedTask : _written.Task;
        }

        await Task.WhenAny(written, Task.Delay(limit, time, cancellationToken));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // It holds nothing but memory.
    }

    /// <summary>The level that a word spells.</summary>
    public static LogLevel LevelOf(LogLineInfo line) => Enum.Parse<LogLevel>(line.Level, ignoreCase: true);

    private void Write(LogLevel level, string source, string text, Exception? exception)
    {
        var (line, error) = (SecretText.Redact(Cut(text, LongestText)), exception is null ? null : SecretText.Redact(Cut(exception.ToString(), LongestError)));
        TaskCompletionSource written;
        lock (_gate)
        {
            _last++;
            _lines[_last % Capacity] = new LogLineInfo(_last, time.GetUtcNow(), level.ToString().ToLowerInvariant(), source, line, error);
            written = _written;
            _written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        written.TrySetResult();
    }

    private static string Cut(string text, int longest) => text.Length <= longest ? text : text[..longest] + "…";

    private sealed class Source(LogRing ring, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is not LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                ring.Write(logLevel, name, formatter(state, exception), exception);
            }
        }
    }
}
