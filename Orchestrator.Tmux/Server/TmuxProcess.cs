using System.ComponentModel;
using System.Diagnostics;

namespace Orchestrator.Tmux;

/// <summary>What a finished tmux process left.</summary>
internal sealed record TmuxProcessResult(int ExitCode, string Output, string Error)
{
    public bool Succeeded => ExitCode == 0;
}

/// <summary>Starts tmux clients: in a session of their own, so that a Ctrl-C or hang-up of our terminal passes them by, with a clean environment.</summary>
internal sealed class TmuxProcess(TmuxServerOptions options, string socketPath)
{
    private static readonly Lazy<string?> SessionStarter = new(() => ProgramPath.Find("setsid", Environment.GetEnvironmentVariable("PATH")));

    /// <summary>What every tmux process, and through the server every pane, sees of our environment.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; } = CleanEnvironment(options);

    /// <summary>A client of our server, not yet started; <paramref name="mayStart"/> lets it start the server.</summary>
    public ProcessStartInfo Describe(IEnumerable<string> arguments, bool mayStart = false)
    {
        var words = new List<string>();
        if (mayStart)
        {
            words.AddRange(options.LaunchPrefix);
        }

        if (SessionStarter.Value is { } starter)
        {
            words.Add(starter);
        }

        words.AddRange([options.Tmux, "-u", "-S", socketPath, "-f", "/dev/null"]);
        if (!mayStart)
        {
            words.Add("-N");
        }

        words.AddRange(arguments);
        var start = new ProcessStartInfo(words[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = "/",
        };
        words.Skip(1).ToList().ForEach(start.ArgumentList.Add);
        start.Environment.Clear();
        foreach (var (name, value) in Variables)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    /// <summary>Starts it, or says that tmux is missing.</summary>
    public static Process Start(ProcessStartInfo description)
    {
        TmuxTelemetry.Processes.Add(1);
        try
        {
            return Process.Start(description) ?? throw new TmuxServerException($"{description.FileName} did not start.");
        }
        catch (Win32Exception exception)
        {
            throw new TmuxServerException($"{description.FileName} cannot be started ({exception.Message}): install tmux 3.2 or later.", exception);
        }
    }

    /// <summary>Runs one command to its end, feeding <paramref name="feed"/> to its standard input.</summary>
    /// <exception cref="TmuxOutcomeUnknownException">It did not end within the time allowed, and was killed.</exception>
    public async Task<TmuxProcessResult> RunAsync(
        IEnumerable<string> arguments, CancellationToken cancellation, bool mayStart = false, Func<Stream, CancellationToken, Task>? feed = null)
    {
        using var activity = TmuxTelemetry.Activities.StartActivity("tmux process");
        using var process = Start(Describe(arguments, mayStart));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(options.CommandTimeout);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            if (feed is not null)
            {
                await FeedAsync(process, feed, limit.Token);
            }

            // The stream itself: its writer would flush into a pipe that may be broken.
            await process.StandardInput.BaseStream.DisposeAsync();
            var result = (await output, await error);
            await process.WaitForExitAsync(limit.Token);
            return new TmuxProcessResult(process.ExitCode, result.Item1.Trim(), result.Item2.Trim());
        }
        catch (OperationCanceledException exception)
        {
            Kill(process);
            cancellation.ThrowIfCancellationRequested();
            throw new TmuxOutcomeUnknownException($"tmux did not finish within {options.CommandTimeout.TotalSeconds:0.#} s: {string.Join(' ', arguments.Take(1))}", exception);
        }
        catch
        {
            // Killed before its standard input closes: an early end would look to it like a complete text.
            Kill(process);
            throw;
        }
    }

    private static async Task FeedAsync(Process process, Func<Stream, CancellationToken, Task> feed, CancellationToken cancellation)
    {
        try
        {
            await feed(process.StandardInput.BaseStream, cancellation);
        }
        catch (IOException) when (process.HasExited || process.WaitForExit(TimeSpan.FromSeconds(1)))
        {
            // The client ended early; its exit code and error output say why.
        }
    }

    private static void Kill(Process process)
    {
        if (!process.HasExited)
        {
            process.Kill();
        }
    }

    private static Dictionary<string, string> CleanEnvironment(TmuxServerOptions options)
    {
        var clean = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in options.InheritedVariables)
        {
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value)
            {
                clean[name] = value;
            }
        }

        clean.TryAdd("PATH", "/usr/local/bin:/usr/bin:/bin");
        clean.TryAdd("HOME", "/");
        if (!SpeaksUtf8(clean))
        {
            clean.Remove("LC_ALL");
            clean["LC_CTYPE"] = "C.UTF-8";
        }

        return clean;
    }

    private static bool SpeaksUtf8(Dictionary<string, string> environment)
    {
        var locale = environment.GetValueOrDefault("LC_ALL") ?? environment.GetValueOrDefault("LC_CTYPE") ?? environment.GetValueOrDefault("LANG") ?? "";
        return locale.Contains("UTF-8", StringComparison.OrdinalIgnoreCase) || locale.Contains("utf8", StringComparison.OrdinalIgnoreCase);
    }
}
