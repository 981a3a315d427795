using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Machine;

/// <summary><c>orc profile</c>: about the profiles of this machine. The node's program does the work, whether a node runs or not.</summary>
internal static class ProfileCommands
{
    public static Command Create() => new OrcCommand("profile", "List, show, check and try out the profiles of this machine; no node needs to run.", "orc profile check mine", "orc profile test qwen screens/*.txt")
    {
        List(), Show(), Check(), Test(),
    };

    private static OrcCommand List() => new OrcCommand("ls", "List the profiles of this machine.", "orc profile ls").Runs((context, cancellationToken) =>
        RunAsync(context, ["ls"], ApiJson.Wire.ImmutableArrayLocalProfileInfo, ApiJson.Readable.ImmutableArrayLocalProfileInfo, static profiles => Tables.Write(
            ["PROFILE", "INSTALLED", "TRIED WITH", "INHERITS", "DESCRIPTION"],
            profiles.Select(static p => new Cell[]
            {
                p.Name,
                p.Problem is not null ? new("cannot be used", Tone.Bad) : new(p.Installed ? "yes" : "no", p.Installed ? Tone.Good : Tone.Quiet),
                string.Join(", ", p.Tried),
                new(string.Join(" < ", p.Inherits), Tone.Quiet),
                SafeText.Line(p.Problem ?? p.Description, 200),
            })), cancellationToken));

    private static OrcCommand Show()
    {
        var name = new Argument<string>("PROFILE") { Description = "A profile, or a .conf file." };
        return new OrcCommand("show", "Print a profile with all it inherits, and where each value is written.", "orc profile show qwen", "orc profile show qwen --json | jq .profile.typing") { name }.Runs((context, cancellationToken) =>
            RunAsync(context, ["show", context.Get(name)!], ApiJson.Wire.ProfileDocumentInfo, ApiJson.Readable.ProfileDocumentInfo, static profile =>
            {
                Console.Out.WriteLine($"# {profile.Name}, made of {string.Join(", ", profile.Files)}");
                Console.Out.WriteLine(SafeText.Of(profile.Hocon));
            }, cancellationToken));
    }

    private static OrcCommand Check()
    {
        var names = new Argument<string[]>("PROFILE") { Description = "Profiles, or .conf files; all profiles if left out.", Arity = ArgumentArity.ZeroOrMore };
        return new OrcCommand("check", "Check profiles: errors, unknown keys, rules that can never decide.", "orc profile check", "orc profile check ./mine.conf") { names }.Runs((context, cancellationToken) =>
            RunAsync(context, ["check", .. context.Get(names) ?? []], ApiJson.Wire.ImmutableArrayProfileCheckInfo, ApiJson.Readable.ImmutableArrayProfileCheckInfo, static checks =>
            {
                foreach (var check in checks)
                {
                    Tables.Line(check.Findings.Length == 0 ? new Cell($"{check.Name}: nothing is wrong", Tone.Good) : new Cell($"{check.Name}: {(check.Usable ? "can be used" : "cannot be used")}", check.Usable ? Tone.Attention : Tone.Bad));
                    foreach (var finding in check.Findings)
                    {
                        Tables.Line($"  {finding.Severity} {Place(finding)}{finding.Problem}");
                    }
                }
            }, cancellationToken));
    }

    private static OrcCommand Test()
    {
        var name = new Argument<string>("PROFILE") { Description = "A profile, or a .conf file." };
        var files = new Argument<string[]>("FILE") { Description = "Saved screens: X.txt, with X.ansi (colours) and X.vars.json (tmux variables) beside it where they exist.", Arity = ArgumentArity.OneOrMore };
        return new OrcCommand("test", "Read saved screens by the rules of a profile.", "orc profile test qwen screens/*.txt", "orc profile test ./mine.conf screen.txt --json | jq '.[0].rules'") { name, files }.Runs((context, cancellationToken) =>
            RunAsync(context, ["test", context.Get(name)!, "--", .. context.Get(files)!], ApiJson.Wire.ImmutableArrayScreenTestInfo, ApiJson.Readable.ImmutableArrayScreenTestInfo, static screens => Tables.Write(
                ["SCREEN", "ACTIVITY", "RULE", "EVIDENCE"],
                screens.Select(static s => new Cell[] { s.File, new(s.Activity, Tables.ToneOf(s.Activity)), s.Rule, SafeText.Line(s.Doubts.IsEmpty ? s.Evidence : $"{s.Evidence} (in doubt: {string.Join("; ", s.Doubts)})", 200) })), cancellationToken));
    }

    private static string Place(ProfileFindingInfo finding) => finding switch
    {
        { File: null } => string.Empty,
        { Line: null } => $"{finding.File}: ",
        _ => string.Create(CultureInfo.InvariantCulture, $"{finding.File}:{finding.Line}:{finding.Column}: "),
    };

    private static async Task<int> RunAsync<T>(CliContext context, string[] words, JsonTypeInfo<T> wire, JsonTypeInfo<T> readable, Action<T> forPeople, CancellationToken cancellationToken)
    {
        if (context.Choice.Url is not null)
        {
            throw new UsageException("orc profile works on the profiles of this machine: leave --url out, or run it where the node runs; orc profiles lists those of a node elsewhere");
        }

        if (Programs.Node() is not { } program)
        {
            return context.Fail("not-found", Programs.NoNode);
        }

        if (Environment.GetEnvironmentVariable("ORC_URL") is { Length: > 0 } elsewhere)
        {
            await Console.Error.WriteLineAsync($"orc: these are the profiles of this machine, not of the node at {elsewhere}");
        }

        var data = context.Choice.DataFolder ?? NodeLocator.DefaultDataFolder;
        var (code, output, errors) = await Programs.ReadAsync(program, ["profile", words[0], "--data", data, .. words[1..]], cancellationToken);
        if (output.Length == 0)
        {
            var said = errors.Trim();
            return context.Fail("failed", said.StartsWith("error: ", StringComparison.Ordinal) ? said["error: ".Length..] : said);
        }

        context.Print(JsonSerializer.Deserialize(output, wire)!, readable, forPeople);
        return code == 0 ? ExitCodes.Happened : ExitCodes.Failed;
    }
}
