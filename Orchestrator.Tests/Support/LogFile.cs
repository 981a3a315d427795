using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Tests.Support;

/// <summary>Writes what is logged to a file, for whoever looks into a test that failed.</summary>
internal sealed class LogFile(string path) : ILoggerProvider, ILogger
{
    private readonly TextWriter _file = TextWriter.Synchronized(new StreamWriter(path, append: true) { AutoFlush = true });

    public ILogger CreateLogger(string categoryName) => this;

    public void Dispose() => _file.Dispose();

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel >= LogLevel.Information)
        {
            _file.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:HH:mm:ss.fff} {logLevel} {formatter(state, exception)}{(exception is null ? string.Empty : $"\n{exception}")}"));
        }
    }
}
