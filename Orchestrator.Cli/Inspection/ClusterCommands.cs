using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Inspection;

/// <summary><c>pbm cluster</c>: its members.</summary>
internal static class ClusterCommands
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Command Create() => new OrcCommand("cluster", "The members of the cluster.") { Show(), Status(), Tail(), Join(), Leave(), Down(), DownUnreachable(), Format() };

    private static OrcCommand Show() => new OrcCommand("show", "List the members of the cluster, as the node that is asked sees them (marked with *).", "pbm cluster show", "orc cluster show --json")
        .Runs(async (context, cancellationToken) => context.Print(await context.Client.GetClusterAsync(cancellationToken), ApiJson.Readable.ClusterInfo, Table));

    private static OrcCommand Status()
    {
        var readyOnly = new Option<bool>("--ready") { Description = "0 if the node that is asked is ready, however the others are: a health check." };
        return new OrcCommand(
            "status",
            "Show in a few lines how the cluster is: 0 if the node that is asked is ready, every member can be reached and every shard has an owner, 1 if not.",
            "pbm cluster status", "orc cluster status --ready") { readyOnly }.Runs(async (context, cancellationToken) =>
        {
            var cluster = await context.Client.GetClusterAsync(cancellationToken);
            var shards = await context.Client.ListShardsAsync(cancellationToken);
            var ready = await IsReadyAsync(context, cancellationToken);
            context.Print(cluster, ApiJson.Readable.ClusterInfo, found => Summary(found, shards, ready));
            var whole = cluster.Members.All(static m => m.Reachable is not false) && shards.All(static s => s.State is "owned" or "moving");
            return ready && (whole || context.Get(readyOnly)) ? ExitCodes.Happened : ExitCodes.Failed;
        });
    }

    private static void Summary(ClusterInfo cluster, IReadOnlyCollection<ShardInfo> shards, bool ready)
    {
        var unreachable = cluster.Members.Where(static m => m.Reachable is false).Select(static m => m.Name).ToList();
        var ownerless = shards.Count(static s => s.State is "free" or "lost");
        Tables.Pairs(
        [
            ("node", cluster.Self), ("ready", ready ? new Cell("yes", Tone.Good) : new Cell("no: pbm log peek --level warning may say why", Tone.Bad)),
            ("cluster", cluster.Alone ? "none: this node is on its own" : $"format {InspectionText.Number(cluster.Format)}"),
            ("members", string.Join(", ", cluster.Members.GroupBy(static m => m.State, StringComparer.Ordinal).Select(static g => $"{InspectionText.Number(g.Count())} {g.Key}"))),
            ("unreachable", unreachable.Count == 0 ? new Cell("none", Tone.Good) : new Cell(string.Join(", ", unreachable), Tone.Bad)),
            ("shards", $"{InspectionText.Number(cluster.Members.First(static m => m.Self).Shards)} of {InspectionText.Number(shards.Count)} here, {InspectionText.Number(shards.Count(static s => s.State == "moving"))} moving"),
            ("without owner", new(InspectionText.Number(ownerless), ownerless == 0 ? Tone.Good : Tone.Bad)),
        ]);
    }

    private static async Task<bool> IsReadyAsync(CliContext context, CancellationToken cancellationToken)
    {
        try
        {
            return (await context.Client.GetReadinessAsync(cancellationToken)).Status == "ok";
        }
        catch (ApiException e) when (e.Status == System.Net.HttpStatusCode.ServiceUnavailable)
        {
            return false;
        }
    }

    private static OrcCommand Tail() => new OrcCommand("tail", "Print the members, and then their changes as the node that is asked sees them, until Ctrl-C.", "pbm cluster tail", "pbm cluster tail --json").Runs(async (context, cancellationToken) =>
    {
        Dictionary<string, ClusterMemberInfo> known = new(StringComparer.Ordinal);
        while (true)
        {
            foreach (var member in (await context.Client.GetClusterAsync(cancellationToken)).Members)
            {
                if (!known.TryGetValue(member.Name, out var before) || (before.State, before.Incarnation, before.Reachable, before.Shards) != (member.State, member.Incarnation, member.Reachable, member.Shards))
                {
                    Print(context, member);
                }

                known[member.Name] = member;
            }

            await Task.Delay(Look, cancellationToken);
        }
    });

    private static OrcCommand Join()
    {
        var (member, timeout) = (InspectionArguments.MemberOrSelf(), Timeout());
        return new OrcCommand("join", "Have a member that was told to leave take part again; wait until it owns what is rightly its own.", "pbm cluster join n2") { member, timeout }.Runs((context, cancellationToken) =>
            ChangeAsync(context, context.Get(member), context.Get(timeout), "joins", static (client, name, token) => client.JoinClusterAsync(name, token), static (m, shards) => m.State == "up" && !shards.Any(s => s.Rightful == m.Name && s.Owner != m.Name), cancellationToken));
    }

    private static OrcCommand Leave()
    {
        var (member, timeout) = (InspectionArguments.MemberOrSelf(), Timeout());
        return new OrcCommand("leave", "Have a member hand over its shards and take none, until it is told to join; wait until it owns none. Its program and its agents go on.", "pbm cluster leave n2") { member, timeout }.Runs((context, cancellationToken) =>
            ChangeAsync(context, context.Get(member), context.Get(timeout), "leaves", static (client, name, token) => client.LeaveClusterAsync(name, token), static (m, _) => m is { State: "leaving" or "down", Shards: 0 }, cancellationToken));
    }

    private static OrcCommand Down()
    {
        var member = InspectionArguments.Member();
        return new OrcCommand("down", "Mark a member down: this start of it never commits again, and the others take its shards. A program that still runs joins anew.", "pbm cluster down n2") { member }.Runs(async (context, cancellationToken) =>
            context.Print(await context.Client.MarkDownAsync(context.Get(member)!, cancellationToken), ApiJson.Readable.ClusterInfo, Table));
    }

    private static OrcCommand DownUnreachable() => new OrcCommand("down-unreachable", "Mark those members down whose beat stands still (the cluster does so by itself after 5 s).", "pbm cluster down-unreachable").Runs(async (context, cancellationToken) =>
        context.Print(await context.Client.MarkUnreachableDownAsync(cancellationToken), ApiJson.Readable.MarkedDownInfo, static found => Tables.Line(found.Members.IsEmpty ? "none" : string.Join(", ", found.Members))));

    private static OrcCommand Format()
    {
        var to = new Argument<int?>("FORMAT") { Description = "The format; the newest that every member can read, unless said.", HelpName = "FORMAT", Arity = ArgumentArity.ZeroOrOne };
        return new OrcCommand("format", "What members may write: what a newer version brings is written only once every member can read it.", "orc cluster format show", "orc cluster format raise")
        {
            new OrcCommand("show", "Show the format in force, and the newest that each member can read.", "orc cluster format show").Runs(async (context, cancellationToken) =>
                context.Print(await context.Client.GetClusterAsync(cancellationToken), ApiJson.Readable.ClusterInfo, Formats)),
            new OrcCommand("raise", "Raise the format, for ever: nodes of older versions cannot join any more.", "orc cluster format raise") { to }.Runs(async (context, cancellationToken) =>
                context.Print(await context.Client.RaiseFormatAsync(context.Get(to), cancellationToken), ApiJson.Readable.ClusterInfo, Formats)),
        };
    }

    private static void Formats(ClusterInfo cluster) => Tables.Pairs(
    [
        ("in force", InspectionText.Number(cluster.Format)),
        .. cluster.Members.Select(static m => ($"{m.Name} reads", new Cell(InspectionText.Number(m.Format), ToneOf(m.State)))),
    ]);

    private static async Task<int> ChangeAsync(
        CliContext context,
        string? named,
        TimeSpan? timeout,
        string doing,
        Func<OrchestratorClient, string, CancellationToken, Task> change,
        Func<ClusterMemberInfo, IReadOnlyCollection<ShardInfo>, bool> happened,
        CancellationToken cancellationToken)
    {
        var member = named ?? (await context.Client.GetClusterAsync(cancellationToken)).Self;
        await change(context.Client, member, cancellationToken);
        var cluster = await context.WaitAsync($"{member} {doing}", timeout ?? Patience, token => UntilAsync(context, member, happened, token), cancellationToken);
        return cluster is null
            ? context.Fail("timeout", $"{member} has been told, and had not finished within the time: pbm cluster show tells how far it has come", ExitCodes.Unknown)
            : context.Print(cluster, ApiJson.Readable.ClusterInfo, Table);
    }

    private static async Task<ClusterInfo> UntilAsync(CliContext context, string member, Func<ClusterMemberInfo, IReadOnlyCollection<ShardInfo>, bool> happened, CancellationToken cancellationToken)
    {
        while (true)
        {
            var cluster = await context.Client.GetClusterAsync(cancellationToken);
            var shards = await context.Client.ListShardsAsync(cancellationToken);
            if (cluster.Members.FirstOrDefault(m => m.Name == member) is { } now && happened(now, shards))
            {
                return cluster;
            }

            await Task.Delay(Look, cancellationToken);
        }
    }

    private static void Table(ClusterInfo cluster) => Tables.Write(
        ["NODE", "STATE", "REACHABLE", "SHARDS", "INCARNATION", "ROLES", "ADDRESS", "VERSION", "FORMAT"],
        cluster.Members.Select(static m => new Cell[]
        {
            m.Self ? $"{m.Name} *" : m.Name, new(m.State, ToneOf(m.State)), Reachable(m), InspectionText.Number(m.Shards), InspectionText.Number(m.Incarnation), string.Join(", ", m.Roles), m.Address, m.Version, InspectionText.Number(m.Format),
        }));

    private static void Print(CliContext context, ClusterMemberInfo member)
    {
        if (context.Json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(member, ApiJson.Wire.ClusterMemberInfo));
            return;
        }

        var time = TimeProvider.System.GetLocalNow().ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        Tables.Line(new Cell(
            string.Create(CultureInfo.InvariantCulture, $"{time}  {member.Name} ({member.Incarnation}) {member.State}{(member.Reachable is false ? ", unreachable" : string.Empty)}, {member.Shards} shards"),
            member.Reachable is false ? Tone.Bad : ToneOf(member.State)));
    }

    private static Cell Reachable(ClusterMemberInfo member) => member.Reachable switch
    {
        true => new("yes", Tone.Good),
        false => new(string.Create(CultureInfo.InvariantCulture, $"not for {member.SilentSeconds} s"), Tone.Bad),
        null => new("-", Tone.Quiet),
    };

    private static Tone ToneOf(string state) => state switch
    {
        "up" => Tone.Good,
        "joining" or "leaving" => Tone.Active,
        _ => Tone.Quiet,
    };

    private static Option<TimeSpan?> Timeout() => Durations.Option("--timeout", "How long to wait for it (30s).");
}
