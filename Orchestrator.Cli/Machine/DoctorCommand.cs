using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Machine;

/// <summary><c>orc doctor</c>.</summary>
internal static class DoctorCommand
{
    public static Command Create() => new OrcCommand("doctor", "Check this machine: tmux, limits, locale, terminal, the node.", "orc doctor", "orc doctor --json | jq '.[] | select(.result != \"ok\")'").Runs(async (context, cancellationToken) =>
    {
        if (Programs.Node() is not { } program)
        {
            return context.Fail("not-found", Programs.NoNode);
        }

        string[] arguments = context.Choice.DataFolder is { } data ? ["doctor", "--json", "--data", data] : ["doctor", "--json"];
        (int ExitCode, string Output, string Errors) ran;
        await using (Spinner.Start("checking this machine"))
        {
            ran = await Programs.ReadAsync(program, arguments, cancellationToken);
        }

        if (Read(ran.Output) is not { } checks)
        {
            return context.Fail("failed", $"{program} doctor ended with {ran.ExitCode}: {SafeText.Line(ran.Errors.Trim(), 500)}");
        }

        checks = [.. checks, await NodeAsync(context, cancellationToken)];
        context.Print(checks, ApiJson.Readable.ImmutableArrayDoctorCheck, static list => Write(list));
        return checks.Any(static c => c.Result == "fail") ? ExitCodes.Failed : ExitCodes.Happened;
    });

    private static void Write(ImmutableArray<DoctorCheck> checks)
    {
        Tables.Write(["CHECK", "RESULT", "FOUND"], checks.Select(static c => new Cell[] { c.Name, new(c.Result, Tables.ToneOf(c.Result)), c.Found }));
        foreach (var check in checks.Where(static c => c.Result != "ok" && c.Advice is not null))
        {
            Tables.Line(new Cell($"{check.Name}: {check.Advice}", Tables.ToneOf(check.Result)));
        }
    }

    private static ImmutableArray<DoctorCheck>? Read(string output)
    {
        try
        {
            return JsonSerializer.Deserialize(output, ApiJson.Wire.ImmutableArrayDoctorCheck);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static async Task<DoctorCheck> NodeAsync(CliContext context, CancellationToken cancellationToken)
    {
        try
        {
            var node = await context.Client.GetNodeAsync(cancellationToken);
            return new DoctorCheck("node", node.Health == "ready" ? "ok" : "warn", $"{node.Name} {node.Version} at {node.Address}: {node.Health}", Advice: null);
        }
        catch (OrchestratorException e)
        {
            return new DoctorCheck("node", "warn", "none answers", e.Message);
        }
    }
}
