using System.CommandLine;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Agents;

/// <summary><c>orc agent</c>: what describes agents, where they are, and what becomes of them when that is lost.</summary>
internal static class MoveCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static Command Create() => new OrcCommand("agent", "What describes agents, and where they are.", "orc agent set a1 --role qa", "orc agent move a1 n2", "orc agent on-node-loss a1 re-place") { DescribeCommand.Create(), Move(), OnNodeLoss() };

    private static OrcCommand OnNodeLoss()
    {
        var name = AgentArguments.Name();
        var policy = new Argument<string?>("POLICY") { Description = "wait, re-place or leave; default for what its node is set to; left out: shows what holds.", HelpName = "POLICY", Arity = ArgumentArity.ZeroOrOne };
        return new OrcCommand("on-node-loss", "Choose what becomes of an agent when its node is lost.", "orc agent on-node-loss a1 re-place", "orc agent on-node-loss a1 default") { name, policy }.Runs(async (context, cancellationToken) =>
        {
            var agent = context.Get(policy) is { } chosen
                ? await context.Client.UpdateAgentAsync(context.Get(name)!, new UpdateAgentRequest { OnNodeLoss = chosen == "default" ? string.Empty : chosen }, cancellationToken)
                : await context.Client.GetAgentAsync(context.Get(name)!, cancellationToken);
            return context.Print(agent, ApiJson.Readable.AgentInfo, static a => Tables.Line(new Cell($"{a.Name}: {a.OnNodeLoss ?? "what its node is set to"}{(a.Loss is { } loss ? $"; {loss.Reason}" : string.Empty)}")));
        });
    }

    private static OrcCommand Move()
    {
        var name = AgentArguments.Name();
        var node = new Argument<string>("NODE") { Description = "The node to move it to, from orc node ls.", HelpName = "NODE" };
        var force = new Option<bool>("--force", "-f") { Description = "Kill its program at once instead of asking it to end first." };
        var timeout = Durations.Option("--timeout", "How long to wait for it (2m).");
        return new OrcCommand("move", "Stop an agent's program and start it on another node, briefed anew. What it left in its folders stays where it was.", "orc agent move a1 n2") { name, node, force, timeout }.Runs(async (context, cancellationToken) =>
        {
            var (agent, to, within) = (context.Get(name)!, context.Get(node)!, context.Get(timeout) ?? Patience);
            var before = await context.Client.GetAgentAsync(agent, cancellationToken);
            await context.Client.MoveAgentAsync(agent, to, context.Get(force), cancellationToken);
            var moved = await context.WaitAsync(
                $"waiting for {agent} to be on {to}",
                within,
                token => context.Client.WaitForAgentAsync(agent, a => a.Generation > before.Generation && (a.Pane is not null || AgentConditions.HasFailed(a)), token),
                cancellationToken);
            if (moved is null)
            {
                return context.Fail("timeout", $"{agent} was not on {to} within {Durations.Short(within)}: look with orc show {agent}{(before.Activity == "node_lost" ? $"; its node {before.Node} is down, and it moves when that is back, or removed (orc node rm {before.Node})" : string.Empty)}", ExitCodes.Unknown);
            }

            context.Print(moved, ApiJson.Readable.AgentInfo, static a => Tables.Line(new Cell($"{AgentText.Summary(a)}, on {a.Node}", Tables.ToneOf(a.Activity ?? a.State))));
            return AgentConditions.HasFailed(moved) ? context.Fail("failed", $"{AgentText.Summary(moved)}: orc explain {agent} says why") : ExitCodes.Happened;
        });
    }
}
