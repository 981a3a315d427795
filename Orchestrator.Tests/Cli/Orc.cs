using System.Diagnostics;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Cli;

/// <summary>Runs the built <c>orc</c> as a user would, with a home of its own.</summary>
internal sealed class Orc : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private readonly TemporaryFolder _home = new();

    /// <summary>In its own output, with all that it needs: beside the tests lies only what their frameworks have not.</summary>
    public static string Program { get; } = Path.Combine(Repository.Root, "artifacts", "bin", "Orchestrator.Cli", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), "orc");

    public string Home => _home.Path;

    /// <summary>Environment variables for every run.</summary>
    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    public Task<Result> RunAsync(params string[] arguments) => RunAsync(Program, input: null, arguments);

    public Task<Result> RunWithInputAsync(string input, params string[] arguments) => RunAsync(Program, input, arguments);

    public async Task<Result> RunAsync(string program, string? input, string[] arguments)
    {
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Home };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var name in start.Environment.Keys.Where(static k => k.StartsWith("ORC_", StringComparison.Ordinal) || k.StartsWith("XDG_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["HOME"] = Home;
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync(limit.Token);
        return new Result(process.ExitCode, await output, await errors);
    }

    public void Dispose() => _home.Dispose();

    internal sealed record Result(int ExitCode, string Output, string Errors)
    {
        /// <summary>The output, if the exit code is the expected one.</summary>
        public string Expect(int exitCode)
        {
            Assert.True(ExitCode == exitCode, $"exit code {ExitCode}, expected {exitCode}\n{Output}\n{Errors}");
            return Output;
        }

        /// <summary>The errors, if the exit code is the expected one.</summary>
        public string Fails(int exitCode)
        {
            Expect(exitCode);
            return Errors;
        }
    }
}
