using System.Globalization;

namespace Orchestrator.Cli.Output;

/// <summary>Says on the error stream, if that is a terminal, what is being waited for once it takes longer than a second.</summary>
internal sealed class Spinner : IAsyncDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(120);
    private static readonly string[] Frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

    private readonly CancellationTokenSource _end = new();
    private readonly Task _spinning;

    private Spinner(string what) => _spinning = Console.IsErrorRedirected || Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb" ? Task.CompletedTask : SpinAsync(what);

    public static Spinner Start(string what) => new(what);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _spinning;
        _end.Dispose();
    }

    private async Task SpinAsync(string what)
    {
        var began = TimeProvider.System.GetTimestamp();
        var shown = false;
        try
        {
            await Task.Delay(Quiet, _end.Token);
            for (var i = 0; ; i++)
            {
                var seconds = (int)TimeProvider.System.GetElapsedTime(began).TotalSeconds;
                await Console.Error.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"\r\e[K{Frames[i % Frames.Length]} {SafeText.Line(what, 100)} ({seconds}s)"));
                shown = true;
                await Task.Delay(Frame, _end.Token);
            }
        }
        catch (OperationCanceledException)
        {
            if (shown)
            {
                await Console.Error.WriteAsync("\r\e[K");
            }
        }
    }
}
