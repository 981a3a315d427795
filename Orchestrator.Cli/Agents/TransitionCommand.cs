using System.CommandLine;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Agents;

/// <summary><c>orc transition</c>.</summary>
internal static class TransitionCommand
{
    public static Command Create()
    {
        var name = AgentArguments.Name();
        var from = new Option<string>("--from") { Description = "The state that you expect it to be in; in any other nothing is done.", Required = true, HelpName = "STATE" };
        var to = new Option<string>("--to") { Description = "offline (a failure is acknowledged), error (it is marked as broken) or terminated (it is ended).", Required = true, HelpName = "STATE" };
        var reason = new Option<string?>("--reason") { Description = "Why, for the history.", HelpName = "TEXT" };
        return new OrcCommand(
            "transition",
            "Set the state of an agent whose program does not run, if it is still in the state that you expect.",
            "orc transition a1 --from error --to offline --reason 'seen, the disk was full'",
            "orc transition a1 --from offline --to error --reason 'its folder is being moved'")
        {
            name, from, to, reason,
        }.Runs(async (context, cancellationToken) => context.Print(
            await context.Client.TransitionAgentAsync(context.Get(name)!, new TransitionRequest(context.Get(from)!, context.Get(to)!, context.Get(reason)), cancellationToken),
            ApiJson.Readable.AgentInfo,
            static a => Tables.Line(new Cell(AgentText.Summary(a), Tables.ToneOf(a.State)))));
    }
}
