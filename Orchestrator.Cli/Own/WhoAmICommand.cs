using System.CommandLine;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Own;

/// <summary><c>orc whoami</c>.</summary>
internal static class WhoAmICommand
{
    public static Command Create() => new OrcCommand("whoami", "Show whose token is used, and what it may be used for.", "orc whoami").Runs(static async (context, cancellationToken) =>
        context.Print(await context.Client.GetSelfAsync(cancellationToken), ApiJson.Readable.SelfInfo, static self =>
        {
            Tables.Line(self.Agent is { } agent ? $"the agent {agent}, role {self.Role}" : self.Name);
            Tables.Line(string.Join(' ', self.Scopes));
        }));
}
