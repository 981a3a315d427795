using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;

using Orchestrator.Actors.Agents;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Teams;

/// <summary>What of one member is to be another than it is.</summary>
/// <param name="Member">The member.</param>
/// <param name="Fields">What, in the words of the team's file.</param>
public sealed record MemberChange(AgentName Member, ImmutableArray<string> Fields);

/// <summary>What lies between two plans of a team.</summary>
/// <param name="Added">Members that are new.</param>
/// <param name="Removed">Members that are gone.</param>
/// <param name="InPlace">Members that can be changed as they run.</param>
/// <param name="Restart">Members whose program would have to be ended and started anew.</param>
/// <param name="Team">What of the team itself is another.</param>
public sealed record TeamDiff(ImmutableArray<AgentName> Added, ImmutableArray<AgentName> Removed, ImmutableArray<MemberChange> InPlace, ImmutableArray<MemberChange> Restart, ImmutableArray<string> Team)
{
    // What a running program cannot be told: it is started with it.
    private static readonly ImmutableHashSet<string> AtStart = ["role", "profile", "command", "model", "temperature", "branch"];

    // Follows from the rest, and from who else is there: what a member was told first is not a reason to tell it again.
    private static readonly ImmutableHashSet<string> Derived = ["name", "section", "briefing"];

    /// <summary>Nothing lies between them.</summary>
    public bool IsEmpty => Added.IsEmpty && Removed.IsEmpty && InPlace.IsEmpty && Restart.IsEmpty && Team.IsEmpty;

    /// <summary>What lies between what is and what is wanted.</summary>
    /// <param name="now">What is; null: there is no team.</param>
    /// <param name="wanted">What is wanted.</param>
    public static TeamDiff Between(TeamPlan? now, TeamPlan wanted)
    {
        if (now is null)
        {
            return new TeamDiff([.. wanted.Members.Select(static m => m.Name)], [], [], [], []);
        }

        var both = wanted.Members.Select(member => (Old: now.Find(member.Name), New: member)).Where(static pair => pair.Old is not null)
            .Select(static pair => new MemberChange(pair.New.Name, Fields(pair.Old!, pair.New, Derived))).Where(static change => !change.Fields.IsEmpty).ToList();
        return new TeamDiff(
            [.. wanted.Members.Where(member => now.Find(member.Name) is null).Select(static m => m.Name)],
            [.. now.Members.Where(member => wanted.Find(member.Name) is null).Select(static m => m.Name)],
            [.. both.Where(static change => !change.Fields.Any(AtStart.Contains))],
            [.. both.Where(static change => change.Fields.Any(AtStart.Contains))],
            Fields(now, wanted, ["members", "name"]));
    }

    private static ImmutableArray<string> Fields<T>(T now, T wanted, ImmutableHashSet<string> but)
    {
        var (a, b) = (Written(now), Written(wanted));
        return [.. a.Select(static p => p.Key).Union(b.Select(static p => p.Key)).Where(key => !but.Contains(key) && !JsonNode.DeepEquals(a[key], b[key])).Order(StringComparer.Ordinal).Select(JsonNamingPolicy.KebabCaseLower.ConvertName)];
    }

    private static JsonObject Written<T>(T value) => JsonSerializer.SerializeToNode(value, PayloadJson.Options)!.AsObject();
}
