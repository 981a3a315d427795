using System.Text;

namespace Orchestrator.Tmux;

/// <summary>Finds tmux servers of ours in the process list, by the socket on their command line.</summary>
internal static class ServerProcesses
{
    private const int UserSignalOne = 10;

    /// <summary>Process ids of living servers started for <paramref name="socketPath"/> by our user, oldest id first.</summary>
    public static IReadOnlyList<int> Of(string socketPath)
    {
        var found = new List<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out var pid) && IsServerOf(pid, socketPath))
            {
                found.Add(pid);
            }
        }

        found.Sort();
        return found;
    }

    /// <summary>Whether this process is a tmux server of ours for that socket.</summary>
    public static bool IsServerOf(int pid, string socketPath)
    {
        try
        {
            // The server renames itself; a client that has not finished has the same command line but not this name.
            return Native.OwnerOf($"/proc/{pid}") == Native.EffectiveUser()
                && File.ReadAllText($"/proc/{pid}/comm").StartsWith("tmux: server", StringComparison.Ordinal)
                && NamesSocket(File.ReadAllBytes($"/proc/{pid}/cmdline"), socketPath);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It ended while we looked.
            return false;
        }
    }

    /// <summary>Asks a server to make its socket again.</summary>
    public static bool AskForSocket(int pid) => Native.Kill(pid, UserSignalOne) == 0;

    /// <summary>
    /// Ends control clients of that socket whose owner is dead. tmux keeps one for ever if its owner was killed with output still unread.
    /// </summary>
    public static void EndOrphanedControlClients(string socketPath)
    {
        if (Environment.ProcessId == 1)
        {
            // Our own children could not be told from orphans; and nobody before us has left any.
            return;
        }

        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out var pid) && IsOrphanedControlClient(pid, socketPath))
            {
                Native.Kill(pid, 9);
            }
        }
    }

    private static bool IsOrphanedControlClient(int pid, string socketPath)
    {
        try
        {
            return Native.OwnerOf($"/proc/{pid}") == Native.EffectiveUser()
                && File.ReadAllText($"/proc/{pid}/comm").StartsWith("tmux: client", StringComparison.Ordinal)
                && File.ReadLines($"/proc/{pid}/status").Any(line => line.StartsWith("PPid:", StringComparison.Ordinal) && line["PPid:".Length..].Trim() is "1")
                && File.ReadAllBytes($"/proc/{pid}/cmdline") is var words
                && NamesSocket(words, socketPath)
                && Encoding.UTF8.GetString(words).Contains("\0-C\0attach-session\0", StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It ended while we looked.
            return false;
        }
    }

    private static bool NamesSocket(byte[] commandLine, string socketPath)
    {
        var words = Encoding.UTF8.GetString(commandLine).Split('\0');
        var option = Array.IndexOf(words, "-S");
        return option >= 0 && option + 1 < words.Length && string.Equals(words[option + 1], socketPath, StringComparison.Ordinal);
    }
}
