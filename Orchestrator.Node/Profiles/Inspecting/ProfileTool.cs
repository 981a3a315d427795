using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Orchestrator.Client;
using Orchestrator.Hocon;
using Orchestrator.Node.Hosting;
using Orchestrator.Node.Settings;

namespace Orchestrator.Node.Profiles.Inspecting;

/// <summary>What <c>orc profile</c> does: on the profiles of this machine, without a running node. Prints JSON.</summary>
internal static class ProfileTool
{
    private const int Happened = 0;
    private const int Failed = 1;

    /// <summary>Runs <c>ls</c>, <c>show NAME</c>, <c>check [NAME|FILE]...</c> or <c>test NAME FILE...</c>.</summary>
    /// <returns>0, or 1 if a checked profile cannot be used.</returns>
    /// <exception cref="FormatException">The words make no sense.</exception>
    /// <exception cref="HoconException">A profile is unknown or broken; the message says where and what to do.</exception>
    /// <exception cref="ScreenFileException">A saved screen cannot be read.</exception>
    public static int Run(NodeSettings settings, string[] words)
    {
        var files = ProfileFiles.In(settings.Profiles);
        switch (words)
        {
            case ["ls"]:
                return Print([.. files.Names.Select(name => Listed(files, name, settings.Orc))], ApiJson.Wire.ImmutableArrayLocalProfileInfo);
            case ["show", var wanted]:
                return Print(Document(Find(files, wanted)), ApiJson.Wire.ProfileDocumentInfo);
            case ["check", .. var wanted]:
                var checks = (wanted.Length == 0 ? files.Names.Select(name => (files, name)) : wanted.Select(one => Find(files, one))).Select(Checked).ToImmutableArray();
                Print(checks, ApiJson.Wire.ImmutableArrayProfileCheckInfo);
                return checks.All(static check => check.Usable) ? Happened : Failed;
            case ["test", var wanted, _, ..]:
                var profile = Read(Find(files, wanted));
                return Print([.. words.Skip(2).Select(file => SavedScreen.Load(file, profile).Test(profile))], ApiJson.Wire.ImmutableArrayScreenTestInfo);
            default:
                throw new FormatException("profile: give ls, show NAME, check [NAME|FILE]... or test NAME FILE...");
        }
    }

    private static int Print<T>(T value, JsonTypeInfo<T> type)
    {
        Console.Out.WriteLine(JsonSerializer.Serialize(value, type));
        return Happened;
    }

    // What looks like a file is one: a profile that is being written need not lie in a folder of the node yet.
    private static (ProfileFiles Files, string Name) Find(ProfileFiles files, string wanted)
    {
        if (!wanted.EndsWith(".conf", StringComparison.Ordinal) && !wanted.Contains('/', StringComparison.Ordinal))
        {
            return files.FileOf(wanted) is not null ? (files, wanted) : throw new HoconException($"there is no profile {wanted}: known are {string.Join(", ", files.Names)}; a file is named with its ending .conf");
        }

        var file = Path.GetFullPath(wanted);
        return File.Exists(file) ? (files.With(file), Path.GetFileNameWithoutExtension(file)) : throw new HoconException($"there is no file {file}");
    }

    private static AgentProfile Read((ProfileFiles Files, string Name) found, ICollection<string>? warnings = null)
        => ProfileReader.Read(found.Name, found.Files.Resolve(found.Name), warnings);

    private static LocalProfileInfo Listed(ProfileFiles files, string name, string orc)
    {
        var file = files.FileOf(name)!;
        try
        {
            var profile = Read((files, name));
            return new LocalProfileInfo(
                name, profile.Description, files.Lineage(name)[1..], file, profile.Command, ProgramFiles.Find(profile.Command[0].Replace("{orc}", orc, StringComparison.Ordinal)) is not null, profile.Version.Tried, Problem: null);
        }
        catch (HoconException e)
        {
            return new LocalProfileInfo(name, "", [], file, [], Installed: false, [], e.Message);
        }
    }

    private static ProfileDocumentInfo Document((ProfileFiles Files, string Name) found)
    {
        var whole = found.Files.Resolve(found.Name);
        using var json = JsonDocument.Parse(HoconRenderer.Render(whole, new HoconRenderOptions { Json = true }));
        var lineage = found.Files.Lineage(found.Name);
        ImmutableArray<string> files = [.. lineage.Select(name => found.Files.FileOf(name)!)];

        // The files are named once; at the values their names are enough.
        var hocon = files.Aggregate(HoconRenderer.Render(whole, new HoconRenderOptions { Origins = true }), static (text, file) => text.Replace($"# {file}:", $"# {Path.GetFileName(file)}:", StringComparison.Ordinal));
        return new ProfileDocumentInfo(
            found.Name,
            lineage[1..],
            files,
            hocon,
            json.RootElement.Clone());
    }

    private static ProfileCheckInfo Checked((ProfileFiles Files, string Name) found)
    {
        var file = found.Files.FileOf(found.Name)!;
        try
        {
            var warnings = new List<ProfileFindingInfo>();
            var whole = found.Files.Resolve(found.Name);
            var unknown = new List<string>();
            var profile = ProfileReader.Read(found.Name, whole, unknown);
            warnings.AddRange(unknown.Select(static warning => Placed(warning)));
            warnings.AddRange(IdleRules.Of(profile.Screen.Rules).Select(idle => At(whole.Find($"screen.rules.\"{idle.Rule}\"")?.Origin, idle.Problem)));
            return new ProfileCheckInfo(found.Name, file, Usable: true, [.. warnings]);
        }
        catch (HoconException e)
        {
            var where = e.Origin is { Line: > 0 } origin ? origin : null;
            return new ProfileCheckInfo(found.Name, file, Usable: false, [new ProfileFindingInfo("error", where?.Source ?? file, where?.Line, where?.Column, where is null ? e.Message : e.Problem)]);
        }
    }

    private static ProfileFindingInfo At(HoconOrigin? origin, string problem)
        => new("warning", origin?.Source, origin is { Line: > 0 } ? origin.Line : null, origin is { Line: > 0 } ? origin.Column : null, problem);

    // A warning begins with the place: FILE:LINE:COLUMN: problem.
    private static ProfileFindingInfo Placed(string warning)
    {
        var end = warning.IndexOf(": ", StringComparison.Ordinal);
        return warning[..end].Split(':') is [.. var file, var line, var column] && int.TryParse(line, out var row) && int.TryParse(column, out var at)
            ? new ProfileFindingInfo("warning", string.Join(':', file), row, at, warning[(end + 2)..])
            : new ProfileFindingInfo("warning", File: null, Line: null, Column: null, warning);
    }
}
