using System.Collections.Immutable;
using System.Diagnostics;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Teams;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Messaging.Protocol;

/// <summary>Where messages without a recipient go. Every condition that is not empty must hold.</summary>
/// <param name="Name">Its name: what it is removed by.</param>
/// <param name="Types">Messages of one of these types.</param>
/// <param name="Roles">From an agent of one of these roles.</param>
/// <param name="Teams">From an agent of one of these teams.</param>
/// <param name="Projects">From an agent that works on one of these projects.</param>
/// <param name="To">Where they go: agents, <c>role:NAME</c>, <c>team:NAME</c>, <c>project:NAME</c>.</param>
/// <param name="Default">It is used only for messages that no other route takes.</param>
public sealed record MessageRoute(string Name, ImmutableArray<string> Types, ImmutableArray<string> Roles, ImmutableArray<string> Teams, ImmutableArray<string> Projects, ImmutableArray<string> To, bool Default)
{
    /// <summary>Whether it takes such a message.</summary>
    public bool Takes(MessageFacts facts)
        => Among(Types, facts.Type) && Among(Roles, facts.Role) && Among(Teams, facts.Team) && Among(Projects, facts.Project);

    private static bool Among(ImmutableArray<string> known, string? word) => known.IsEmpty || (word is not null && known.Contains(word, StringComparer.Ordinal));
}

/// <summary>What routes look at.</summary>
/// <param name="Type">The message's type.</param>
/// <param name="Role">The sender's role, if it is an agent.</param>
/// <param name="Team">Its team.</param>
/// <param name="Project">Its project.</param>
public sealed record MessageFacts(string Type, string? Role, string? Team, string? Project);

/// <summary>An agent as an address sees it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Role">Its role.</param>
/// <param name="Team">Its team, if it has one.</param>
/// <param name="Project">Its project, if it has one.</param>
public sealed record Addressee(AgentName Name, string Role, string? Team, string? Project)
{
    /// <summary>Whom it reports to, if to an agent.</summary>
    public AgentName? ReportsTo { get; init; }

    /// <summary>The metadata that names an agent's team.</summary>
    public const string TeamKey = "team";

    /// <summary>The metadata that names an agent's project.</summary>
    public const string ProjectKey = "project";
}

/// <summary>How messages find their recipients.</summary>
public static class MessageRouting
{
    /// <summary>The routes that take a message: the default ones only if no other does.</summary>
    public static ImmutableArray<MessageRoute> Matching(IEnumerable<MessageRoute> routes, MessageFacts facts)
    {
        var taking = routes.Where(route => route.Takes(facts)).ToLookup(static route => route.Default);
        return [.. (taking[false].Any() ? taking[false] : taking[true]).OrderBy(static route => route.Name, StringComparer.Ordinal)];
    }

    /// <summary>The agents of <paramref name="known"/> that an address means, without the sender; a role, a team or a project that a member of a team names means those of its own team.</summary>
    /// <param name="address">The address.</param>
    /// <param name="known">The agents that there are.</param>
    /// <param name="sender">The agent that sends; null for people.</param>
    public static ImmutableArray<AgentName> Resolve(string address, IEnumerable<Addressee> known, Addressee? sender)
    {
        var (kind, name) = Parts(address);
        return
        [
            .. known.Where(agent => agent.Name != sender?.Name && (kind == "agent" || sender?.Team is not { } team || agent.Team == team) && kind switch
            {
                "agent" => agent.Name.Value == name,
                "role" => agent.Role == name,
                "team" => agent.Team == name,
                _ => agent.Project is { } project && ProjectSlug.Spelled(project) == ProjectSlug.Spelled(name),
            }).Select(static agent => agent.Name),
        ];
    }

    /// <summary>What is wrong with an address; null if nothing.</summary>
    public static string? Wrong(string address)
        => Parts(address) is ("agent" or "role" or "team" or "project", { Length: > 0 and <= 100 } name) && (!address.StartsWith("agent", StringComparison.Ordinal) || !address.Contains(':', StringComparison.Ordinal) || AgentName.TryParse(name, out _))
            ? null
            : $"'{address}' is no address: write an agent's name, role:NAME, team:NAME or project:NAME";

    /// <summary>Kind and name of an address.</summary>
    public static (string Kind, string Name) Parts(string address)
        => address.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon ? (address[..colon], address[(colon + 1)..]) : ("agent", address);
}

/// <summary>All routes: the entity <c>router/main</c>.</summary>
public sealed record RouterState
{
    /// <summary>The kind of entity.</summary>
    public const string Kind = "router";

    /// <summary>The one there is.</summary>
    public static readonly EntityId Entity = new(Kind, "main");

    /// <summary>The names of the routes.</summary>
    public ImmutableSortedDictionary<string, MessageRoute> Routes { get; init; } = ImmutableSortedDictionary.Create<string, MessageRoute>(StringComparer.Ordinal);
}

/// <summary>Add a route, or replace the one of this name.</summary>
public sealed record AddRoute(MessageRoute Route) : Command;

/// <summary>Remove a route.</summary>
public sealed record RemoveRoute(string Name) : Command;

/// <summary>A route was added.</summary>
public sealed record RouteAdded(MessageRoute Route, string By, DateTimeOffset At) : Event;

/// <summary>A route was removed.</summary>
public sealed record RouteRemoved(string Name, string By, DateTimeOffset At) : Event;

/// <summary>The rules of the router.</summary>
public sealed class RouterBehavior : Behavior<RouterState>
{
    private const int MostRoutes = 500;

    /// <inheritdoc/>
    public override RouterState Empty(EntityId id) => new();

    /// <inheritdoc/>
    public override Effects Decide(RouterState state, Command command, DecisionContext context) => command switch
    {
        AddRoute add when state.Routes.Count >= MostRoutes && !state.Routes.ContainsKey(add.Route.Name) => Effects.Refuse(RefusalCodes.Overloaded, $"there are {MostRoutes} routes already: remove one first"),
        AddRoute add => Effects.Persist(new RouteAdded(add.Route, context.Sender.Value, context.Now)),
        RemoveRoute remove when !state.Routes.ContainsKey(remove.Name) => Effects.Refuse(RefusalCodes.NotFound, $"there is no route {remove.Name}: 'orc route ls' shows those there are"),
        RemoveRoute remove => Effects.Persist(new RouteRemoved(remove.Name, context.Sender.Value, context.Now)),
        _ => throw new UnreachableException($"the router has no rule for {command.GetType().Name}"),
    };

    /// <inheritdoc/>
    public override RouterState Apply(RouterState state, Event e) => e switch
    {
        RouteAdded added => state with { Routes = state.Routes.SetItem(added.Route.Name, added.Route) },
        RouteRemoved removed => state with { Routes = state.Routes.Remove(removed.Name) },
        _ => throw new UnreachableException($"the router has no rule for the event {e.GetType().Name}"),
    };
}

/// <summary>A route as it is read: the row of the view <c>routes</c>, keyed by name.</summary>
/// <param name="Route">The route.</param>
/// <param name="By">Who added it.</param>
/// <param name="At">When.</param>
/// <param name="Messages">How many messages it has taken.</param>
/// <param name="LastAt">When it last did.</param>
public sealed record RouteView(MessageRoute Route, string By, DateTimeOffset At, int Messages, DateTimeOffset? LastAt)
{
    /// <summary>The name of the view.</summary>
    public const string ViewName = "routes";
}

/// <summary>Folds routes and what they have taken into their rows.</summary>
public sealed class RouteProjection : Projection<RouteView>
{
    /// <inheritdoc/>
    public override string Name => RouteView.ViewName;

    /// <inheritdoc/>
    public override IReadOnlyList<string>? Kinds => [RouterState.Kind, MessageDispatch.Kind];

    /// <inheritdoc/>
    public override IEnumerable<string> KeysOf(EventEnvelope e) => e.Event switch
    {
        RouteAdded added => [added.Route.Name],
        RouteRemoved removed => [removed.Name],
        MessageDispatched dispatched => dispatched.Routes,
        _ => [],
    };

    /// <inheritdoc/>
    public override RouteView? Fold(string key, RouteView? current, EventEnvelope e) => e.Event switch
    {
        RouteAdded added => new RouteView(added.Route, added.By, added.At, current?.Messages ?? 0, current?.LastAt),
        RouteRemoved => null,
        MessageDispatched dispatched when current is not null => current with { Messages = current.Messages + 1, LastAt = dispatched.At },
        _ => current,
    };
}
