using System.CommandLine;
using Orchestrator.Cli.Agents;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Dialogs;

/// <summary><c>orc policies</c> and <c>orc policy</c>.</summary>
internal static class PolicyCommands
{
    public static Command List() => new OrcCommand("policies", "List the policies that decide dialogs without a person.", "orc policies", "orc policies --json | jq '.[].name'").Runs(async (context, cancellationToken) =>
        context.Print(await context.Client.ListPoliciesAsync(cancellationToken), ApiJson.Readable.ImmutableArrayPolicyInfo, static policies => Tables.Write(
            ["POLICY", "FOR", "DIALOG", "ALLOWS", "DENIES", "ELSE"],
            policies.SelectMany(static policy => policy.Kinds.IsEmpty ? [Row(policy, new PolicyKindInfo("all", [], [], "ask"))] : policy.Kinds.Select(kind => Row(policy, kind))))));

    public static Command Choose()
    {
        var name = AgentArguments.Name();
        var policy = new Argument<string?>("POLICY") { Description = "The policy that decides its dialogs from now on.", Arity = ArgumentArity.ZeroOrOne };
        var ofRole = new Option<bool>("--of-role") { Description = "Let the policy of its role decide again." };
        return new OrcCommand("policy", "Show or choose the policy that decides the dialogs of an agent.", "orc policy a1", "orc policy a1 careful", "orc policy a1 --of-role") { name, policy, ofRole }.Runs(async (context, cancellationToken) =>
        {
            if (context.Get(ofRole) && context.Get(policy) is not null)
            {
                throw new UsageException("give a policy or --of-role, not both");
            }

            var chosen = context.Get(ofRole) ? string.Empty : context.Get(policy);
            var agent = chosen is null
                ? await context.Client.GetAgentAsync(context.Get(name)!, cancellationToken)
                : await context.Client.UpdateAgentAsync(context.Get(name)!, new UpdateAgentRequest { Policy = chosen }, cancellationToken);
            return context.Print(agent, ApiJson.Readable.AgentInfo, static a => Tables.Line(new Cell(a.Policy is { } own ? $"{a.Name}: {own}" : $"{a.Name}: that of its role ({a.Role})")));
        });
    }

    private static Cell[] Row(PolicyInfo policy, PolicyKindInfo kind) =>
    [
        policy.Name,
        policy.Default ? "everybody else" : policy.Roles.IsEmpty ? "-" : string.Join(", ", policy.Roles),
        kind.Kind,
        SafeText.Line(string.Join(", ", kind.Allow), 60),
        SafeText.Line(string.Join(", ", kind.Deny), 60),
        kind.Else,
    ];
}
