using System.Text.Json;

using Orchestrator.Client;
using Orchestrator.Hocon;
using Orchestrator.Node.Profiles;
using Orchestrator.Node.Settings;
using Orchestrator.Tmux;

namespace Orchestrator.Node.Hosting;

/// <summary>Checks this machine for what a node and its agents need; changes nothing.</summary>
internal static class NodeDoctor
{
    private const int Failed = 1;

    /// <summary>Prints every check; 1 if one failed.</summary>
    public static async Task<int> RunAsync(NodeSettings settings, bool json)
    {
        var checks = new List<DoctorCheck>();
        foreach (var finding in await TmuxDoctor.ExamineAsync(NodeProgram.TmuxOptions(settings)))
        {
            checks.Add(new DoctorCheck(finding.Name, Word(finding.Verdict), finding.Found, finding.Advice));
        }

        checks.Add(Settings(settings));
        checks.Add(Disk(settings));
        checks.Add(Git());
        checks.Add(Curl(ProgramFiles.Find("curl")));
        checks.AddRange(Profiles(settings));
        Console.WriteLine(json
            ? JsonSerializer.Serialize(checks, JsonSerializerOptions.Web)
            : string.Join('\n', checks.Select(static c => $"{c.Result,-4}  {c.Name,-18}  {c.Found}{(c.Advice is null ? string.Empty : $"\n      {c.Advice}")}")));
        return checks.Exists(static c => c.Result == "fail") ? Failed : 0;
    }

    private static DoctorCheck Settings(NodeSettings settings) => settings.Warnings.Count == 0
        ? new DoctorCheck("settings", "ok", "every key is known", Advice: null)
        : new DoctorCheck("settings", "warn", string.Join("; ", settings.Warnings), "correct the spelling, or remove the key");

    private static DoctorCheck Disk(NodeSettings settings)
    {
        var folder = settings.Data;
        while (!Directory.Exists(folder))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        var free = new DriveInfo(folder).AvailableFreeSpace;
        return free >= settings.Runtime.MinimumFreeDisk
            ? new DoctorCheck("disk", "ok", $"{free / 1_000_000} MB free for {settings.Data}", Advice: null)
            : new DoctorCheck("disk", "fail", $"{free / 1_000_000} MB free for {settings.Data}", "make room: below orchestrator.runtime.minimum-free-disk nothing is accepted");
    }

    private static DoctorCheck Git() => ProgramFiles.Find("git") is { } git
        ? new DoctorCheck("git", "ok", git, Advice: null)
        : new DoctorCheck("git", "warn", "not found", "install git: agents with a worktree of their own need it");

    /// <summary>What hooks need.</summary>
    internal static DoctorCheck Curl(string? found) => found is { } curl
        ? new DoctorCheck("curl", "ok", curl, Advice: null)
        : new DoctorCheck("curl", "warn", "not found", "apt install curl, or the package of your system: without it hooks tell the node nothing, and what agents do is read from their screens and transcripts alone");

    private static IEnumerable<DoctorCheck> Profiles(NodeSettings settings)
    {
        ProfileCatalog catalog;
        DoctorCheck? broken = null;
        try
        {
            catalog = ProfileCatalog.Load(settings.Profiles);
        }
        catch (HoconException exception)
        {
            broken = new DoctorCheck("profiles", "fail", exception.Message, "mend the profile");
            catalog = ProfileCatalog.Load();
        }

        if (broken is not null)
        {
            return [broken];
        }

        var profiles = new NodeProfiles(catalog, settings.Orc).List();
        var unknown = catalog.Warnings.IsEmpty
            ? new DoctorCheck("profiles", "ok", "every key is known", Advice: null)
            : new DoctorCheck("profiles", "warn", string.Join("; ", catalog.Warnings), "correct the spelling, or remove the key");
        return profiles.Select(static p => p.Info.Installed
            ? new DoctorCheck($"profile {p.Info.Name}", "ok", string.Join(' ', p.Info.Command), Advice: null)
            : new DoctorCheck($"profile {p.Info.Name}", "warn", $"{p.Info.Command[0]} was not found", $"install {p.Info.Command[0]}, if agents are to use this profile")).Prepend(unknown);
    }

    private static string Word(DoctorVerdict verdict) => verdict switch
    {
        DoctorVerdict.Ok => "ok",
        DoctorVerdict.Warn => "warn",
        DoctorVerdict.Fail => "fail",
        _ => throw new ArgumentOutOfRangeException(nameof(verdict), verdict, "unknown verdict"),
    };
}
