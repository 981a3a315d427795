using System.CommandLine;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Agents;

/// <summary><c>orc wait</c>.</summary>
internal static class WaitCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static Command Create()
    {
        var name = AgentArguments.Name();
        var condition = new Option<string>("--for") { Description = "A state, an activity, or ready.", DefaultValueFactory = static _ => "idle", HelpName = "CONDITION" };
        condition.AcceptOnlyFromAmong(AgentConditions.Names);
        var timeout = Durations.Option("--timeout", "How long to wait (1m).");
        return new OrcCommand(
            "wait",
            "Wait until an agent is in a state or does something.",
            "orc wait a1",
            "orc wait a1 --for awaiting_approval --timeout 10m && notify-send 'a1 asks'")
        {
            name, condition, timeout,
        }.Runs(async (context, cancellationToken) =>
        {
            var (agentName, wanted, patience) = (context.Get(name)!, context.Get(condition)!, context.Get(timeout) ?? Patience);
            var reached = AgentConditions.Named(wanted);
            var agent = await context.WaitAsync(
                $"waiting for {agentName} to be {wanted}",
                patience,
                token => context.Client.WaitForAgentAsync(agentName, a => reached(a) || a.State == "terminated", token),
                cancellationToken);
            if (agent is null)
            {
                return context.Fail("timeout", $"{agentName} was not {wanted} within {Durations.Short(patience)}", ExitCodes.Unknown);
            }

            context.Print(agent, ApiJson.Readable.AgentInfo, static a => Tables.Line(new Cell(AgentText.Summary(a), Tables.ToneOf(a.State))));
            return reached(agent) ? ExitCodes.Happened : context.Fail("illegal-state", $"{agentName} has ended and will not be {wanted}");
        });
    }
}
