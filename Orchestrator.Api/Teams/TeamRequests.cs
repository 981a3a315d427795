using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Messaging.Protocol;
using Orchestrator.Actors.Teams;
using Orchestrator.Api.Agents;
using Orchestrator.Api.Cluster;
using Orchestrator.Api.Messages;
using Orchestrator.Api.Requests;
using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Teams;

/// <summary>A team's file that was read, and where its members are to be started.</summary>
/// <param name="Plan">The team.</param>
/// <param name="Placements">Where.</param>
/// <param name="Warnings">Keys that nobody knows.</param>
internal sealed record ReadTeam(TeamPlan Plan, ImmutableSortedDictionary<string, MemberPlacement> Placements, ImmutableArray<string> Warnings);

/// <summary>What requests about teams must be, beyond their shape.</summary>
internal sealed class TeamRequests(ITeamFiles files, SpawnRules rules, RoleCatalog roles, Placement placement, IViews views)
{
    private const int LongestSource = 300;

    /// <summary>The team that a request describes, every member held to what holds for an agent that is spawned.</summary>
    /// <exception cref="ProblemException">A part makes no sense; says where, what, and what to do.</exception>
    public async Task<ReadTeam> ReadAsync(TeamFileRequest request, CancellationToken cancellationToken)
    {
        if (request.Text is null && request.Template is null)
        {
            throw ProblemException.Invalid("say which team: a file in 'text', or a 'template'");
        }

        var reading = await ReadFileAsync(request, cancellationToken);
        var plan = reading.Plan;
        var now = await FindAsync(plan.Name, cancellationToken);
        var placements = ImmutableSortedDictionary.CreateBuilder<string, MemberPlacement>(StringComparer.Ordinal);
        foreach (var member in plan.Members)
        {
            var wish = reading.Wishes[member.Name];

            // Where it is, there lie its worktree and its conversation.
            var node = now?.Members.GetValueOrDefault(member.Name.Value) is { Node: { } before } ? before : await placement.ChooseAsync(member.Name, wish.Node, wish.Labels, cancellationToken);
            var register = Registered(plan, member, placement.IsElsewhere(node));
            plan = plan with { Folder = register.Folder };
            placements.Add(member.Name.Value, new MemberPlacement(node, register.Traits));
        }

        return new ReadTeam(plan, placements.ToImmutable(), reading.Warnings);
    }

    /// <summary>The team of this name, or null.</summary>
    public async Task<Team?> FindAsync(TeamName name, CancellationToken cancellationToken)
        => await views.GetAsync<Team>(Team.ViewName, name.Value, cancellationToken) is { Exists: true } team ? team : null;

    /// <summary>The team of this name.</summary>
    /// <exception cref="ProblemException">There is none.</exception>
    public async Task<Team> FoundAsync(TeamName name, CancellationToken cancellationToken)
        => await FindAsync(name, cancellationToken) ?? throw ProblemException.NotFound($"there is no team {name}: 'orc team ls' shows those there are, 'orc team deploy' makes one");

    /// <summary>A name of a team.</summary>
    /// <exception cref="ProblemException">It is none.</exception>
    public static TeamName Name(string text) => TeamName.TryParse(text, out var name) ? name : throw ProblemException.Invalid($"'{text}' is not a team's name: {TeamName.Rule}");

    /// <summary>An agent that starts a conversation, or brings somebody in, may only do so with whom its team lets it speak to.</summary>
    /// <exception cref="ProblemException">It is somebody else.</exception>
    public async Task InTouchAsync(HttpContext context, IEnumerable<string> participants)
    {
        if (Speaker.Of(context).Agent is not { } name || await views.GetAsync<AgentView>(AgentView.ViewName, name.Value, context.RequestAborted) is not { } agent
            || !TeamName.TryParse(agent.Team, out var team) || await FindAsync(team, context.RequestAborted) is not { Plan: { Rules.HubAndSpoke: true } plan })
        {
            return;
        }

        const string Prefix = AgentName.Kind + "/";
        var others = participants.Where(static p => p.StartsWith(Prefix, StringComparison.Ordinal)).Select(static p => AgentName.Parse(p[Prefix.Length..])).ToList();
        var led = plan.Led(name, others);
        foreach (var other in others)
        {
            if (!TeamTalk.InTouch(agent, other) && !led.Contains(other))
            {
                throw ProblemException.Of(new ProtocolError(ProtocolViolation.NotInTouch, $"in the team {team} you do not speak to {other}: {(agent.ReportsTo is { } lead ? $"ask {lead}, who can bring you together" : "ask a person to let you collaborate in the team's file")}"));
            }
        }
    }

    private async Task<TeamFileReading> ReadFileAsync(TeamFileRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await files.ReadAsync(
                new TeamFile(request.Text, request.Source is { Length: > 0 and <= LongestSource } source ? source : "team.conf", request.BaseFolder, request.Template, request.Name, request.Folder),
                (role, agent) => roles.Find(role).PromptFor(agent),
                cancellationToken);
        }
        catch (FormatException e)
        {
            throw ProblemException.Invalid(e.Message);
        }
    }

    private Register Registered(TeamPlan plan, TeamMember member, bool elsewhere)
    {
        try
        {
            rules.Policy(member.Policy);
            var register = rules.Read(
                new SpawnRequest
                {
                    Name = member.Name.Value,
                    Profile = member.Profile,
                    Folder = plan.Folder,
                    Role = member.Role,
                    Worktree = member.Branch is not null,
                    Branch = member.Branch,
                    Model = member.Model,
                    Temperature = member.Temperature,
                    Command = member.Command.IsEmpty ? null : member.Command,
                },
                elsewhere);
            var largest = Math.Min(register.Traits.MaxMessageBytes, register.Traits.Limits?.MessageBytes ?? NewMessage.MaximumBytes);
            var bytes = System.Text.Encoding.UTF8.GetByteCount(member.Briefing) + 200;
            return bytes <= largest ? register : throw ProblemException.Invalid($"its briefing has {bytes} bytes, and the profile or the role takes {largest}: shorten the specification, its notes or the template");
        }
        catch (ProblemException e)
        {
            throw new ProblemException(e.Status, e.Code, $"members.{member.Section} ({member.Name}): {e.Message}");
        }
    }
}
