using System.Diagnostics;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Orchestrator.Cli.DemoAgent;

/// <summary>The controlling terminal in raw mode, set and restored with <c>stty</c>.</summary>
internal sealed class RawTerminal : IDisposable
{
    private const string Device = "/dev/tty";

    private readonly string _before;
    private bool _restored;

    private RawTerminal(string before)
    {
        _before = before;
        Input = new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);
        Output = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
    }

    public Stream Input { get; }

    public Stream Output { get; }

    /// <summary>Takes the terminal over; null if there is none.</summary>
    public static RawTerminal? Open()
    {
        if (Console.IsInputRedirected || Console.IsOutputRedirected || Stty("-g") is not { } before)
        {
            return null;
        }

        var terminal = new RawTerminal(before.Trim());
        _ = Stty("raw", "-echo") ?? throw new InvalidOperationException("stty cannot set the terminal to raw mode");
        return terminal;
    }

    /// <summary>The size in columns and rows.</summary>
    public static (int Columns, int Rows) Size()
    {
        var parts = (Stty("size") ?? string.Empty).Split(' ', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return parts.Length == 2 && int.TryParse(parts[0], CultureInfo.InvariantCulture, out var rows) && int.TryParse(parts[1], CultureInfo.InvariantCulture, out var columns) && rows > 0 && columns > 0
            ? (columns, rows)
            : (80, 24);
    }

    /// <summary>Sets the terminal back to what it was.</summary>
    public void Dispose()
    {
        if (!_restored)
        {
            _restored = true;
            Stty(_before);
        }
    }

    // All three streams are redirected so that .NET leaves the terminal's modes alone.
    private static string? Stty(params ReadOnlySpan<string> arguments)
    {
        var start = new ProcessStartInfo("stty") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-F");
        start.ArgumentList.Add(Device);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : null;
    }
}
