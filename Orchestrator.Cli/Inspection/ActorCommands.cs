using System.CommandLine;
using System.Text.Json;
using Orchestrator.Cli.Completion;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Inspection;

/// <summary><c>pbm actor</c>: the entities in memory, and asking one.</summary>
internal static class ActorCommands
{
    public static Command Create() => new OrcCommand("actor", "The entities in memory.") { Hierarchy(), Ask(), Manifests() };

    /// <summary>Prints entities in memory.</summary>
    public static void Print(ActorsInfo found)
    {
        var now = TimeProvider.System.GetUtcNow();
        Tables.Write(
            ["NODE", "SHARD", "KIND", "ENTITY", "STATE", "MAILBOX", "RESTARTS", "VERSION", "LAST ACTIVE"],
            found.Actors.Select(a => new Cell[]
            {
                a.Node, InspectionText.Number(a.Shard), a.Kind, a.Entity, new(a.Condition, ToneOf(a.Condition)), InspectionText.Number(a.MailboxLength),
                new(InspectionText.Number(a.Restarts), a.Restarts > 0 ? Tone.Attention : Tone.Plain), InspectionText.Number(a.Version), Durations.Ago(a.LastActive, now),
            }));
        foreach (var actor in found.Actors.Where(static a => a.Reason is not null))
        {
            Tables.Line(new Cell($"{actor.Entity}: {actor.Reason}", Tone.Attention));
        }

        if (found.Total > found.Actors.Length)
        {
            Tables.Line(new Cell($"{found.Actors.Length} of {found.Total}: narrow it with --node, --kind or --shard", Tone.Attention));
        }

        InspectionText.Unanswered(found.Unanswered);
    }

    /// <summary>How the condition of an entity is meant.</summary>
    public static Tone ToneOf(string condition) => condition switch
    {
        "active" => Tone.Good,
        "activating" => Tone.Active,
        "backing_off" => Tone.Attention,
        "quarantined" => Tone.Bad,
        _ => Tone.Plain,
    };

    private static OrcCommand Hierarchy()
    {
        var node = new Option<string?>("--node") { Description = "Only of this node.", HelpName = "NODE" };
        var kind = new Option<string?>("--kind") { Description = "Only of this kind.", HelpName = "KIND" };
        var shard = new Option<int?>("--shard") { Description = "Only of this shard, 0 to 63.", HelpName = "N" };
        return new OrcCommand("hierarchy", "List the entities in memory by node, shard and kind.", "pbm actor hierarchy", "pbm actor hierarchy --node n1 --kind agent") { node, kind, shard }
            .Runs(async (context, cancellationToken) =>
                context.Print(await context.Client.ListActorsAsync(context.Get(node), context.Get(kind), context.Get(shard), cancellationToken), ApiJson.Readable.ActorsInfo, Print));
    }

    private static OrcCommand Ask()
    {
        var entity = InspectionArguments.Entity();
        var manifest = new Argument<string>("MANIFEST") { Description = "What to ask, from pbm actor manifests.", HelpName = "MANIFEST" }.CompletedBy(static async (client, token) =>
            (await client.ListManifestsAsync(token)).Where(static m => m.Type is "query" or "command").Select(static m => m.Name));
        var payload = new Argument<string?>("JSON") { Description = "Its fields.", Arity = ArgumentArity.ZeroOrOne };
        return new OrcCommand(
            "ask",
            "Ask an entity: a query, which commits nothing and takes the scope system:read; or a command, which is taken as it is and takes the scope admin.",
            "pbm actor ask agent/a1 runtime.read-state.v1", "pbm actor ask token/HASH command.token.revoke.v1 '{\"reason\":\"leaked\"}'") { entity, manifest, payload }.Runs(async (context, cancellationToken) =>
        {
            var request = new AskRequest(context.Get(entity)!, context.Get(manifest)!, Payload(context.Get(payload)));
            var known = (await context.Client.ListManifestsAsync(cancellationToken)).FirstOrDefault(m => m.Name == request.Manifest);
            if (known?.Type is not ("query" or "command"))
            {
                return context.Fail("not-found", $"'{request.Manifest}' is not the stored name of a query or a command: pbm actor manifests lists them");
            }

            var answer = known.Type == "query" ? await context.Client.QueryActorAsync(request, cancellationToken) : await context.Client.AskActorAsync(request, cancellationToken);
            context.Print(answer, ApiJson.Readable.AskInfo, static a => Console.Out.WriteLine($"{a.Manifest ?? "reply"}{(a.Repeated ? " (repeated)" : string.Empty)}\n{SafeText.Of(JsonSerializer.Serialize(a.Reply, ApiJson.Readable.JsonElement))}"));
            return answer.Manifest == "refused.v1" ? ExitCodes.Failed : ExitCodes.Happened;
        });
    }

    private static OrcCommand Manifests()
    {
        var all = new Option<bool>("--all", "-a") { Description = "Also events, replies and what the worker is told." };
        return new OrcCommand("manifests", "List what entities can be asked: queries and commands, with their fields.", "pbm actor manifests", "pbm actor manifests --all --json") { all }.Runs(async (context, cancellationToken) =>
        {
            var known = await context.Client.ListManifestsAsync(cancellationToken);
            return context.Print([.. known.Where(m => context.Get(all) || m.Type is "query" or "command")], ApiJson.Readable.ImmutableArrayManifestInfo, static list => Tables.Write(
                ["MANIFEST", "TYPE", "FIELDS"],
                list.Select(static m => new Cell[] { m.Name, m.Type, string.Join(", ", m.Fields) })));
        });
    }

    private static JsonElement? Payload(string? text)
    {
        if (text is null)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new UsageException($"'{text}' is no JSON: {e.Message}");
        }
    }
}
