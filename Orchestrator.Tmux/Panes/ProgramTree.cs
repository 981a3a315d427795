using System.Globalization;

namespace Orchestrator.Tmux;

/// <summary>The processes that belong to the program of a pane: those of its session, which tmux made for it, and their descendants.</summary>
internal static class ProgramTree
{
    private readonly record struct Entry(int Pid, int Parent, int Session, char State);

    /// <summary>The living ones now, with those of <paramref name="known"/> that still live and were theirs before their parents ended.</summary>
    /// <param name="leader">The process that tmux started.</param>
    /// <param name="known">Those that were seen before, with the time at which each was started.</param>
    public static Dictionary<int, long> Of(int leader, IReadOnlyDictionary<int, long> known)
    {
        var found = new Dictionary<int, long>();
        var all = new Dictionary<int, (Entry Entry, long StartedAt)>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && Read(pid) is { } read && read.Entry.State is not ('Z' or 'X'))
            {
                all[pid] = read;
            }
        }

        foreach (var (pid, (entry, startedAt)) in all)
        {
            if (pid == leader || entry.Session == leader || (known.TryGetValue(pid, out var before) && before == startedAt))
            {
                found[pid] = startedAt;
            }
        }

        for (var more = true; more;)
        {
            more = false;
            foreach (var (pid, (entry, startedAt)) in all)
            {
                more |= found.ContainsKey(entry.Parent) && found.TryAdd(pid, startedAt);
            }
        }

        return found;
    }

    /// <summary>When a process was started, in clock ticks since the start of the machine; null if there is none.</summary>
    public static long? StartedAt(int pid) => Read(pid)?.StartedAt;

    private static (Entry Entry, long StartedAt)? Read(int pid)
    {
        try
        {
            // The name in parentheses may hold anything; what follows the last one is in columns.
            var text = File.ReadAllText($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/stat");
            var words = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return (new Entry(pid, Number(words[1]), Number(words[3]), words[0][0]), long.Parse(words[19], CultureInfo.InvariantCulture));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It ended while we looked.
            return null;
        }
    }

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);
}
