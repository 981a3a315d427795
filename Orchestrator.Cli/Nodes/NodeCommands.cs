using System.CommandLine;
using System.Globalization;
using Orchestrator.Cli.Agents;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Nodes;

/// <summary><c>orc node</c>.</summary>
internal static class NodeCommands
{
    public static Command Create() => new OrcCommand("node", "The nodes of the cluster.", "orc node ls", "orc node drain n2", "orc node rm n2") { Ls(), Drain(), Undrain(), Remove(), Revoke() };

    private static OrcCommand Ls() => new OrcCommand("ls", "List the nodes.", "orc node ls", "orc node ls --json").Runs(async (context, cancellationToken) =>
        context.Print(await context.Client.ListNodesAsync(cancellationToken), ApiJson.Readable.ImmutableArrayClusterNodeInfo, static nodes => Tables.Write(
            ["NODE", "STATE", "ROLES", "LABELS", "AGENTS", "SHARDS", "BEATS", "INCARNATION", "ADDRESS", "VERSION"],
            nodes.Select(static n => new Cell[]
            {
                n.Name + (n.IsSelf ? " *" : string.Empty), State(n), string.Join(", ", n.Roles), string.Join(", ", n.Labels), Number(n.Agents), Number(n.Shards), Number(n.Beats), Number(n.Incarnation), n.Address, n.Version,
            }))));

    private static OrcCommand Drain() => One("drain", "Place nothing new on a node; what runs there goes on (orc agent move takes it elsewhere).", static (client, name, token) => client.DrainNodeAsync(name, token), static n => $"{n.Name} is drained; {n.Agents} agents go on there");

    private static OrcCommand Undrain() => One("undrain", "Place agents on a node again.", static (client, name, token) => client.UndrainNodeAsync(name, token), static n => $"{n.Name} takes agents again");

    private static OrcCommand Remove() => One("rm", "Say that a node that is down does not come back: its agents can then be started elsewhere.", static (client, name, token) => client.RemoveNodeAsync(name, token), static n => $"{n.Name} is removed; its agents are offline and can be started elsewhere (orc agent move)");

    private static OrcCommand Revoke()
    {
        var name = new Argument<string>("NODE") { Description = "The node, from orc node ls.", HelpName = "NODE" };
        var reason = new Option<string?>("--reason") { Description = "Why, for the record.", HelpName = "TEXT" };
        return new OrcCommand("revoke", "Take certificate and database role from a node, end its sessions, mark it down. A lighthouse does it; any other node passes it on to one.", "orc node revoke n2 --reason \"stolen\"") { name, reason }.Runs(async (context, cancellationToken) =>
            context.Print(await context.Client.RevokeNodeAsync(context.Get(name)!, context.Get(reason), cancellationToken), ApiJson.Readable.ClusterNodeInfo, static n => Tables.Line($"{n.Name} is revoked; no member believes it any more")));
    }

    private static OrcCommand One(string verb, string description, Func<OrchestratorClient, string, CancellationToken, Task<ClusterNodeInfo>> act, Func<ClusterNodeInfo, string> said)
    {
        var name = new Argument<string>("NODE") { Description = "The node, from orc node ls.", HelpName = "NODE" };
        return new OrcCommand(verb, description, $"orc node {verb} n2") { name }.Runs(async (context, cancellationToken) =>
            context.Print(await act(context.Client, context.Get(name)!, cancellationToken), ApiJson.Readable.ClusterNodeInfo, n => Tables.Line(said(n))));
    }

    private static Cell State(ClusterNodeInfo node) => node switch
    {
        { State: "up", Drained: true } => new Cell("up, drained", Tone.Attention),
        { State: "up" } => new Cell("up", Tone.Good),
        { State: "down", LostAt: { } since } => new Cell($"down since {AgentText.Time(since)}{(node.StaysLost ? ", stays away" : string.Empty)}", Tone.Bad),
        { State: "down" } => new Cell("down", Tone.Bad),
        _ => new Cell(node.State, Tone.Active),
    };

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
