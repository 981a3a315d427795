using System.Globalization;

namespace Orchestrator.Tests.Programs.Scenario;

/// <summary>The processes of this machine, as its kernel lists them.</summary>
internal static class ProcessList
{
    /// <summary>Those in whose environment a text stands: pid and command line.</summary>
    public static IReadOnlyList<(int Pid, string Command)> WithInEnvironment(string text)
    {
        var found = new List<(int, string)>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
            {
                continue;
            }

            try
            {
                if (File.ReadAllText(Path.Combine(folder, "environ")).Contains(text, StringComparison.Ordinal))
                {
                    found.Add((pid, File.ReadAllText(Path.Combine(folder, "cmdline")).Replace('\0', ' ').Trim()));
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended meanwhile, or is another user's.
            }
        }

        return found;
    }
}
