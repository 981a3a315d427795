using System.CommandLine;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Inspection;

/// <summary><c>orc profiles</c>.</summary>
internal static class ProfilesCommand
{
    public static Command Create() => new OrcCommand("profiles", "List the profiles that agents can be spawned with.", "orc profiles").Runs(async (context, cancellationToken) =>
        context.Print(await context.Client.ListProfilesAsync(cancellationToken), ApiJson.Readable.ImmutableArrayProfileInfo, static profiles => Tables.Write(
            ["PROFILE", "INSTALLED", "COMMAND", "DESCRIPTION"],
            profiles.Select(static p => new Cell[] { p.Name, new(p.Installed ? "yes" : "no", p.Installed ? Tone.Good : Tone.Quiet), SafeText.Line(string.Join(' ', p.Command), 60), SafeText.Line(p.Description, 100) }))));
}
