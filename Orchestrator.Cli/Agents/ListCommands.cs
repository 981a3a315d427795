using System.CommandLine;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Messages;
using Orchestrator.Client;

namespace Orchestrator.Cli.Agents;

/// <summary><c>orc ls</c> and <c>orc show</c>.</summary>
internal static class ListCommands
{
    public static Command Ls()
    {
        var state = new Option<string?>("--state") { Description = "Only agents in this state.", HelpName = "STATE" };
        var role = new Option<string?>("--role") { Description = "Only agents of this role.", HelpName = "ROLE" };
        var profile = new Option<string?>("--profile") { Description = "Only agents of this profile.", HelpName = "PROFILE" };
        var team = new Option<string?>("--team") { Description = "Only agents of this team.", HelpName = "NAME" };
        var project = new Option<string?>("--project") { Description = "Only agents of this project.", HelpName = "NAME" };
        var all = new Option<bool>("--all", "-a") { Description = "Also agents that have ended." };
        return new OrcCommand("ls", "List agents.", "orc ls", "orc ls --state busy", "orc ls --team shop", "orc ls --json | jq -r '.[].name'") { state, role, profile, team, project, all }.Runs(async (context, cancellationToken) =>
        {
            var agents = await context.Client.ListAgentsAsync(context.Get(state), context.Get(role), context.Get(profile), context.Get(team), context.Get(project), cancellationToken);
            if (!context.Get(all) && context.Get(state) is null)
            {
                agents = [.. agents.Where(static a => a.State != "terminated")];
            }

            return context.Print(agents, ApiJson.Readable.ImmutableArrayAgentInfo, static list =>
            {
                AgentText.List(list);
                AgentText.Counts(list);
            });
        });
    }

    public static Command Show()
    {
        var name = AgentArguments.Name("An agent, or the id of a message.");
        return new OrcCommand("show", "Show all about an agent or a message.", "orc show a1", "orc show 01JD3YV2F4T6B8M0N2P4R6S8W0") { name }.Runs(async (context, cancellationToken) =>
        {
            var wanted = context.Get(name)!;
            return MessageId.IsValid(wanted)
                ? context.Print(await context.Client.GetMessageAsync(wanted, cancellationToken), ApiJson.Readable.MessageInfo, MessageText.Details)
                : context.Print(await context.Client.GetAgentAsync(wanted, cancellationToken), ApiJson.Readable.AgentInfo, AgentText.Details);
        });
    }
}
