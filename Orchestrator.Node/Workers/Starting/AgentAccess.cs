using System.Collections.Immutable;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Identity;
using Orchestrator.Node.Hosting;
using Orchestrator.Runtime;

namespace Orchestrator.Node.Workers.Starting;

/// <summary>Gives the program of an agent what it needs to speak for that agent: a token of its own, and where its node answers. The token is nowhere but in the environment of the program.</summary>
/// <param name="address">Where this node answers.</param>
/// <param name="orc">The command-line tool.</param>
internal sealed class AgentAccess(NodeAddress address, string orc)
{
    private const string PathVariable = "PATH";

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan UsableWithin = TimeSpan.FromSeconds(10);

    /// <summary>The environment with it; without a token if the role of the agent permits nothing.</summary>
    /// <exception cref="StartRefusedException">The placement is stale, or the token cannot be stored.</exception>
    public async Task<ImmutableSortedDictionary<string, string>> GiveAsync(SpawnPane order, ImmutableSortedDictionary<string, string> environment, WorkerContext context, CancellationToken cancellation)
    {
        var permissions = context.Roles.Find(order.Role).Permissions;
        environment = environment.RemoveRange(["ORC_TOKEN", "ORC_URL", "ORC_NODE_FILE"]);
        if (permissions.IsEmpty)
        {
            return environment;
        }

        var token = Secret.NewToken();
        var hash = Secret.HashOf(token);
        var answer = await context.System.AskAsync(order.Agent.Entity, new GiveToken(order.Generation, hash, permissions), CommandId.New(context.Time), context.Sender, cancellation);
        if (answer.Reply is Refused refused)
        {
            throw new StartRefusedException(refused.Reason);
        }

        await UsableAsync(hash, context, cancellation);
        return WithTool(environment).SetItem("ORC_TOKEN", token).SetItem("ORC_URL", await address.WaitAsync(cancellation)).SetItem("ORC_NODE_FILE", address.File);
    }

    // Behind all others, so that nothing of its user's is hidden by what lies beside the tool.
    private ImmutableSortedDictionary<string, string> WithTool(ImmutableSortedDictionary<string, string> environment)
        => Path.GetDirectoryName(orc) is { Length: > 0 } folder && environment.GetValueOrDefault(PathVariable) is { Length: > 0 } path && !path.Split(':').Contains(folder, StringComparer.Ordinal)
            ? environment.SetItem(PathVariable, $"{path}:{folder}")
            : environment;

    // The token is an entity of its own: a program that used it before it is known would be turned away.
    private static async Task UsableAsync(string hash, WorkerContext context, CancellationToken cancellation)
    {
        var began = context.Time.GetTimestamp();
        while (await context.Views.GetAsync<TokenView>(TokenView.ViewName, hash, cancellation) is null)
        {
            if (context.Time.GetElapsedTime(began) > UsableWithin)
            {
                throw new StartRefusedException($"the token of its program was not stored within {UsableWithin.TotalSeconds:0} seconds: look at the node's log, then start it again");
            }

            await Task.Delay(LookEvery, context.Time, cancellation);
        }
    }
}
