using System.Collections.Immutable;
using System.CommandLine;
using Orchestrator.Cli.Invocation;
using Orchestrator.Client;

namespace Orchestrator.Cli.Agents;

/// <summary><c>orc agent set</c>: changes what describes an agent.</summary>
internal static class DescribeCommand
{
    public static OrcCommand Create()
    {
        var name = AgentArguments.Name();
        var role = new Option<string?>("--role") { Description = "Its role: see orc role ls. Its program is told when it is started next.", HelpName = "ROLE" };
        var called = new Option<string?>("--display-name") { Description = "A name for people; empty for none.", HelpName = "TEXT" };
        var meta = AgentArguments.Metadata("Metadata, may be given several times; KEY= removes the key, all others stay.");
        var reportsTo = new Option<string?>("--reports-to") { Description = "The agent that it reports to; empty for none.", HelpName = "NAME" };
        var manages = new Option<string[]>("--manages") { Description = "An agent that it manages, may be given several times: these and no others; empty for none.", HelpName = "NAME" };
        var collaborates = new Option<string[]>("--collaborates-with") { Description = "An agent that it works with, may be given several times: these and no others; empty for none.", HelpName = "NAME" };
        return new OrcCommand(
            "set",
            "Change the role, the metadata and the relationships of an agent; what is not named stays.",
            "orc agent set a1 --role qa --meta team=blue --meta note=",
            "orc agent set lead --manages a1 --manages a2",
            "orc agent set a1 --reports-to lead")
        {
            name, role, called, meta, reportsTo, manages, collaborates,
        }.Runs(async (context, cancellationToken) =>
        {
            var request = new UpdateAgentRequest
            {
                Role = context.Get(role),
                DisplayName = context.Get(called),
                Metadata = AgentArguments.Metadata(context.Get(meta) ?? []),
                ReportsTo = context.Get(reportsTo),
                Manages = Names(context.Get(manages)),
                CollaboratesWith = Names(context.Get(collaborates)),
            };
            if (request == new UpdateAgentRequest())
            {
                throw new UsageException("say what to change: --role, --display-name, --meta, --reports-to, --manages or --collaborates-with");
            }

            return context.Print(await context.Client.UpdateAgentAsync(context.Get(name)!, request, cancellationToken), ApiJson.Readable.AgentInfo, AgentText.Details);
        });
    }

    private static ImmutableArray<string>? Names(string[]? given) => given is { Length: > 0 } ? [.. given.Where(static n => n.Length > 0)] : null;
}
