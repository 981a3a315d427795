using System.CommandLine;
using System.Text.Json;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Inspection;

/// <summary><c>pbm cluster-sharding</c>: a region is a kind of entity.</summary>
internal static class ShardingCommands
{
    public static Command Create() => new OrcCommand("cluster-sharding", "Where entities are.") { ListRegions(), RegionStats(), ListEntities(), Entity() };

    private static OrcCommand ListRegions() => new OrcCommand("list-regions", "List the kinds of entities, with what is in memory of them.", "pbm cluster-sharding list-regions").Runs(async (context, cancellationToken) =>
        context.Print(await context.Client.ListRegionsAsync(cancellationToken), ApiJson.Readable.RegionsInfo, static found =>
        {
            Tables.Write(
                ["REGION", "ENTITIES", "SHARDS", "NODES", "WAITING", "RESTARTS", "QUARANTINED"],
                found.Regions.Select(static r => new Cell[]
                {
                    r.Kind, InspectionText.Number(r.Entities), InspectionText.Number(r.Shards), InspectionText.Number(r.Nodes), InspectionText.Number(r.Waiting),
                    new(InspectionText.Number(r.Restarts), r.Restarts > 0 ? Tone.Attention : Tone.Plain), new(InspectionText.Number(r.Quarantined), r.Quarantined > 0 ? Tone.Bad : Tone.Plain),
                }));
            InspectionText.Unanswered(found.Unanswered);
        }));

    private static OrcCommand RegionStats()
    {
        var kind = InspectionArguments.Kind();
        var all = new Option<bool>("--all", "-a") { Description = "Also shards without an entity in memory." };
        return new OrcCommand("region-stats", "Show the shards of a region: who owns each, and what is in memory there.", "pbm cluster-sharding region-stats agent --all") { kind, all }.Runs(async (context, cancellationToken) =>
        {
            var stats = await context.Client.GetRegionStatsAsync(context.Get(kind)!, cancellationToken);
            stats = context.Get(all) ? stats : stats with { Shards = [.. stats.Shards.Where(static s => s.Entities > 0 || s.State != "owned")] };
            return context.Print(stats, ApiJson.Readable.RegionStatsInfo, static found =>
            {
                Tables.Write(
                    ["SHARD", "STATE", "OWNER", "EPOCH", "ENTITIES", "WAITING"],
                    found.Shards.Select(static s => new Cell[] { InspectionText.Number(s.Shard), new(s.State, ToneOf(s.State)), s.Owner, InspectionText.Number(s.Epoch), InspectionText.Number(s.Entities), InspectionText.Number(s.Waiting) }));
                InspectionText.Unanswered(found.Unanswered);
            });
        });
    }

    private static OrcCommand ListEntities()
    {
        var kind = InspectionArguments.Kind();
        var node = new Option<string?>("--node") { Description = "Only of this node.", HelpName = "NODE" };
        var shard = new Option<int?>("--shard") { Description = "Only of this shard, 0 to 63.", HelpName = "N" };
        return new OrcCommand("list-entities", "List the entities of a region that are in memory.", "pbm cluster-sharding list-entities agent --shard 12") { kind, node, shard }.Runs(async (context, cancellationToken) =>
            context.Print(await context.Client.ListActorsAsync(context.Get(node), context.Get(kind), context.Get(shard), cancellationToken), ApiJson.Readable.ActorsInfo, ActorCommands.Print));
    }

    private static OrcCommand Entity()
    {
        var entity = InspectionArguments.Entity();
        return new OrcCommand("entity", "Show where an entity is, how it is, and its state. Looking brings it to memory.", "pbm cluster-sharding entity agent/a1") { entity }.Runs(async (context, cancellationToken) =>
            context.Print(await context.Client.GetEntityAsync(context.Get(entity)!, cancellationToken), ApiJson.Readable.EntityInfo, static e =>
            {
                Tables.Pairs(
                [
                    ("entity", e.Entity), ("shard", InspectionText.Number(e.Shard.Shard)), ("shard is", new(e.Shard.State, ToneOf(e.Shard.State))), ("owner", e.Shard.Owner), ("rightful owner", e.Shard.Rightful),
                    ("epoch", InspectionText.Number(e.Shard.Epoch)), ("was in memory", e.Live is { } live ? new($"on {live.Node}, {live.Condition}", ActorCommands.ToneOf(live.Condition)) : new Cell("no", Tone.Quiet)),
                    ("restarts", e.Live is { } known ? InspectionText.Number(known.Restarts) : null), ("version", InspectionText.Number(e.Version)), ("inbox", InspectionText.Number(e.InboxRows)),
                    .. e.Failure is { } failure ? [("cannot be asked", new Cell(failure, Tone.Bad))] : Array.Empty<(string, Cell)>(),
                ]);
                if (e.State is { } state)
                {
                    Console.Out.WriteLine(SafeText.Of(JsonSerializer.Serialize(state, ApiJson.Readable.JsonElement)));
                }
            }));
    }

    /// <summary>How the state of a shard is meant.</summary>
    private static Tone ToneOf(string state) => state switch
    {
        "owned" => Tone.Good,
        "moving" => Tone.Active,
        "free" => Tone.Attention,
        "lost" => Tone.Bad,
        _ => Tone.Plain,
    };
}
