using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Runtime;

/// <summary>A process may be started before its database is, by whatever starts both: it waits for it and says so, instead of ending and being started again.</summary>
internal static partial class PostgresStart
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SayEvery = TimeSpan.FromSeconds(10);

    /// <summary>Opens, and tries again for <see cref="PostgresOptions.OpenWithin"/> while there is no server that takes connections. What a server refuses is not tried again.</summary>
    public static async Task OpenAsync(PostgresOptions options, string place, Func<CancellationToken, Task> open, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var pause = FirstPause;
        for (var said = -1; ;)
        {
            try
            {
                await open(cancellationToken);
                if (said >= 0)
                {
                    There(logger, place, time.GetElapsedTime(began).TotalSeconds);
                }

                return;
            }
            catch (Exception e) when (PostgresFailure.IsNotThere(e) && !cancellationToken.IsCancellationRequested && time.GetElapsedTime(began) is var elapsed && elapsed + pause < options.OpenWithin)
            {
                if ((int)(elapsed / SayEvery) is var now && now > said)
                {
                    said = now;
                    NotThere(logger, place, e.Message, (options.OpenWithin - elapsed).TotalSeconds.ToString("0", CultureInfo.InvariantCulture));
                }
            }

            await Task.Delay(pause, time, cancellationToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database {Place} is not there yet: {Reason}. This process waits for it, for {Seconds} s more (orchestrator.postgres.wait-at-start)")]
    private static partial void NotThere(ILogger logger, string place, string reason, string seconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "The database {Place} is there, after {Seconds:0.0} s")]
    private static partial void There(ILogger logger, string place, double seconds);
}
