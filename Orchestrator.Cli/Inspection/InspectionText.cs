using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Orchestrator.Cli.Completion;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Inspection;

/// <summary>What the palettes have in common.</summary>
internal static class InspectionText
{
    public static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The members whose entities are missing in what was printed.</summary>
    public static void Unanswered(ImmutableArray<UnansweredInfo> nodes)
    {
        foreach (var node in nodes)
        {
            Tables.Line(new Cell($"{node.Node} could not be asked, what it has in memory is missing: {node.Reason}", Tone.Attention));
        }
    }
}

/// <summary>Arguments that several palettes share.</summary>
internal static class InspectionArguments
{
    public static Argument<string> Entity(string description = "The entity, kind/id.") => new Argument<string>("ENTITY") { Description = description, HelpName = "ENTITY" }.CompletedBy(EntitiesAsync);

    public static Argument<string?> AnyEntity(string description)
        => new Argument<string?>("ENTITY") { Description = description, HelpName = "ENTITY", Arity = ArgumentArity.ZeroOrOne }.CompletedBy(EntitiesAsync);

    public static Argument<string> Kind() => new Argument<string>("KIND") { Description = "The kind of entity, from cluster-sharding list-regions.", HelpName = "KIND" }
        .CompletedBy(static async (client, token) => (await client.ListRegionsAsync(token)).Regions.Select(static r => r.Kind));

    public static Argument<string> Member() => new Argument<string>("NODE") { Description = "The member.", HelpName = "NODE" }.CompletedBy(MembersAsync);

    public static Argument<string?> MemberOrSelf()
        => new Argument<string?>("NODE") { Description = "The member; the node that is asked if left out.", HelpName = "NODE", Arity = ArgumentArity.ZeroOrOne }.CompletedBy(MembersAsync);

    private static async Task<IEnumerable<string>> EntitiesAsync(OrchestratorClient client, CancellationToken cancellationToken) => (await client.ListActorsAsync(cancellationToken: cancellationToken)).Actors.Select(static a => a.Entity);

    private static async Task<IEnumerable<string>> MembersAsync(OrchestratorClient client, CancellationToken cancellationToken) => (await client.GetClusterAsync(cancellationToken)).Members.Select(static m => m.Name);
}
