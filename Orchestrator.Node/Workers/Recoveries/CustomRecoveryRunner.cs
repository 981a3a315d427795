using System.Globalization;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Recovery;
using Orchestrator.Node.Settings;
using Orchestrator.Node.Workers.Checks;

namespace Orchestrator.Node.Workers.Recoveries;

/// <summary>Does what <c>custom:NAME</c> stands for on this node: runs a program, or calls a webhook.</summary>
internal sealed class CustomRecoveryRunner(CustomRecoveries customs, RecoveryWebhook webhook, string folder, TimeProvider time)
{
    private const int MostNoted = 500;

    private readonly BoundedProgram _program = new(time);

    /// <summary>Does it, and says whether it did what it had to do.</summary>
    public async Task<ReportCustom> RunAsync(RunCustom order, CancellationToken cancellation)
    {
        if (customs.All.GetValueOrDefault(order.Name) is not { } custom)
        {
            return new ReportCustom(order.Number, Worked: false, $"this node knows no custom recovery {order.Name}: see orchestrator.recovery.customs");
        }

        if (custom.Webhook is not null)
        {
            var (worked, note) = await webhook.CallAsync(custom, order, cancellation);
            return new ReportCustom(order.Number, worked, note);
        }

        var end = await _program.RunAsync(custom.Command, folder, custom.Within, Told(order), cancellation);
        var said = end.Output.Length <= MostNoted ? end.Output : "…" + end.Output[^MostNoted..];
        return new ReportCustom(order.Number, end.ExitCode == 0, said.Length == 0 ? $"{custom.Command[0]} {end.Reason}" : $"{custom.Command[0]} {end.Reason}: {said}");
    }

    private static Dictionary<string, string> Told(RunCustom order) => new(StringComparer.Ordinal)
    {
        ["ORC_RECOVERY"] = order.Name,
        ["ORC_AGENT"] = order.Agent.Value,
        ["ORC_ATTEMPT"] = order.Number.ToString(CultureInfo.InvariantCulture),
        ["ORC_TROUBLE"] = order.Kind.Words(),
        ["ORC_CAUSE"] = order.Cause,
        ["ORC_TASK"] = order.Task?.Value ?? string.Empty,
    };
}
