using System.Globalization;

namespace Orchestrator.Tmux;

/// <summary>Checks of the machine: locale, limits, memory.</summary>
internal static class MachineChecks
{
    /// <summary>tmux takes about one open file a pane, the node a few more.</summary>
    private const long EnoughFiles = 1024;

    /// <summary>An agent program with its tools runs a few dozen processes and threads.</summary>
    private const long EnoughProcesses = 4096;

    /// <summary>Kilobytes: one agent program takes around 300 MB.</summary>
    private const long EnoughMemory = 1024 * 1024;

    public static DoctorFinding Locale(Func<string, string?> variable)
    {
        var name = Array.Find(["LC_ALL", "LC_CTYPE", "LANG"], candidate => variable(candidate) is { Length: > 0 });
        var value = name is null ? "" : variable(name)!;
        return value.Contains("UTF-8", StringComparison.OrdinalIgnoreCase) || value.Contains("utf8", StringComparison.OrdinalIgnoreCase)
            ? new("locale", DoctorVerdict.Ok, $"{name}={value}")
            : new("locale", DoctorVerdict.Warn, name is null ? "no locale is set" : $"{name}={value} is not UTF-8", "Panes get LC_CTYPE=C.UTF-8 instead. For a language of yours set LANG, for instance to en_US.UTF-8.");
    }

    public static IEnumerable<DoctorFinding> Limits(MachineFiles files)
    {
        var limits = files.Read("proc/self/limits");
        yield return Limit("open files", limits, "Max open files", EnoughFiles, "Raise it: ulimit -n 65536, or LimitNOFILE= in the unit.");
        yield return Limit("processes", limits, "Max processes", EnoughProcesses, "Raise it: ulimit -u 16384, or LimitNPROC= in the unit.");
    }

    public static DoctorFinding Memory(MachineFiles files)
    {
        var line = files.Read("proc/meminfo")?.Split('\n').FirstOrDefault(line => line.StartsWith("MemAvailable:", StringComparison.Ordinal));
        var words = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        if (words.Length < 2 || !long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var available))
        {
            return new("memory", DoctorVerdict.Warn, "free memory cannot be read", "Look at it yourself: one agent program takes around 300 MB.");
        }

        var found = $"{available / 1024:N0} MB available";
        return available >= EnoughMemory
            ? new("memory", DoctorVerdict.Ok, found)
            : new("memory", DoctorVerdict.Warn, found, "One agent program takes around 300 MB: start few, or add memory.");
    }

    private static DoctorFinding Limit(string name, string? limits, string title, long enough, string advice)
    {
        var line = limits?.Split('\n').FirstOrDefault(line => line.StartsWith(title, StringComparison.Ordinal));
        var word = line?[title.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return word switch
        {
            null => new(name, DoctorVerdict.Warn, "the limit cannot be read", advice),
            "unlimited" => new(name, DoctorVerdict.Ok, "no limit"),
            _ when long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit >= enough => new(name, DoctorVerdict.Ok, $"at most {limit:N0}"),
            _ => new(name, DoctorVerdict.Warn, $"at most {word}", advice),
        };
    }
}
