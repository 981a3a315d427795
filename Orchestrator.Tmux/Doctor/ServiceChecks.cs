namespace Orchestrator.Tmux;

/// <summary>Checks of what the node runs in: a systemd unit that takes tmux down with it, a container without an init.</summary>
internal static class ServiceChecks
{
    private const string Advice =
        "Run tmux in a unit or scope of its own (a launch prefix such as systemd-run --user --scope --quiet), or set KillMode=process in the node's unit.";

    public static async Task<DoctorFinding> KillModeAsync(MachineFiles files, CancellationToken cancellation)
    {
        if (ServiceUnit(files.Read("proc/self/cgroup") ?? "") is not { } unit)
        {
            return new("systemd", DoctorVerdict.Ok, "not run as a service");
        }

        string[] arguments = ["show", unit, "--property=KillMode", "--value"];
        var mode = await ProgramChecks.RunAsync("systemctl", arguments, cancellation);
        if (string.IsNullOrEmpty(mode))
        {
            mode = await ProgramChecks.RunAsync("systemctl", ["--user", .. arguments], cancellation);
        }

        return KillMode(unit, mode);
    }

    public static DoctorFinding KillMode(string unit, string? mode) => mode switch
    {
        "process" or "none" => new("systemd", DoctorVerdict.Ok, $"{unit} has KillMode={mode}"),
        "control-group" or "mixed" => new("systemd", DoctorVerdict.Fail, $"{unit} has KillMode={mode}: stopping or updating it kills the tmux server and every agent", Advice),
        _ => new("systemd", DoctorVerdict.Warn, $"runs in {unit}; its KillMode cannot be read", $"If it is control-group, the default: {Advice}"),
    };

    /// <summary>The service in whose control group we are, if any; sessions and scopes of people are none.</summary>
    public static string? ServiceUnit(string controlGroups)
        => controlGroups.Split('\n')
            .Select(line => line[(line.LastIndexOf(':') + 1)..])
            .SelectMany(path => path.Split('/').Reverse().Take(1))
            .FirstOrDefault(name => name.EndsWith(".service", StringComparison.Ordinal) && !name.StartsWith("user@", StringComparison.Ordinal));

    public static DoctorFinding Init(MachineFiles files)
    {
        var container = files.Has(".dockerenv") || files.Has("run/.containerenv")
            || (files.Read("proc/1/cgroup") ?? "").Split('/', '\n').Any(part => part.StartsWith("docker", StringComparison.Ordinal) || part.StartsWith("kubepods", StringComparison.Ordinal));
        var first = (files.Read("proc/1/comm") ?? "").Trim();
        return container && first is not ("tini" or "dumb-init" or "docker-init" or "catatonit" or "systemd" or "init" or "s6-svscan" or "pause")
            ? new("init", DoctorVerdict.Warn, $"in a container whose first process is {first}: ended programs are not cleared away, and its end is the end of tmux", "Start the container with an init (docker run --init), and tmux in a side container with shared process and socket namespaces.")
            : new("init", DoctorVerdict.Ok, container ? $"in a container, first process {first}" : $"first process {first}");
    }
}
