using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Teams;
using Orchestrator.Api.Requests;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Cluster;

/// <summary>Files of teams for a member that has no templates of its own: a worker reads them, the first by name that is up and answers.</summary>
/// <param name="system">Who is a member.</param>
/// <param name="peers">The way to the others.</param>
public sealed class PeerTeamFiles(ActorSystem system, HttpPeers peers) : ITeamFiles
{
    internal const string Path = "/cluster/v1/team-file";

    /// <inheritdoc/>
    public async Task<TeamFileReading> ReadAsync(TeamFile file, Func<string, string, string?> prompt, CancellationToken cancellationToken)
    {
        var why = "'orc node ls' shows whether one is up";
        foreach (var row in system.Cluster.Members.Where(static row => row.State is MemberState.Up && row.Member.Roles.Contains(ClusterOptions.EntityRole, StringComparer.Ordinal)))
        {
            try
            {
                return await peers.ReadTeamFileAsync(row.Member, file, cancellationToken);
            }
            catch (PeerUnreachableException e)
            {
                // Another one.
                why = e.Message;
            }
        }

        throw new ProblemException(StatusCodes.Status503ServiceUnavailable, Problems.Unavailable, $"{file.Source} is read by a node, where the templates lie, and none could: {why}");
    }

    internal static async Task ServeAsync(HttpContext context, Func<TeamFile, CancellationToken, Task<TeamFileReading>> read)
    {
        try
        {
            var file = await JsonSerializer.DeserializeAsync<TeamFile>(context.Request.Body, JsonSerializerOptions.Web, context.RequestAborted) ?? throw new FormatException("no file was sent");
            var reading = await read(file, context.RequestAborted);
            await context.Response.WriteAsJsonAsync(PeerTeam.Of(reading), PayloadJson.Options, context.RequestAborted);
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await context.Response.WriteAsJsonAsync(new PeerError(PeerErrors.Failed, e.Message), JsonSerializerOptions.Web, context.RequestAborted);
        }
    }
}

/// <summary>What a team's file says, between members.</summary>
internal sealed record PeerTeam(TeamPlan Plan, ImmutableArray<PeerTeam.Wish> Wishes, ImmutableArray<string> Warnings)
{
    public static PeerTeam Of(TeamFileReading reading) => new(reading.Plan, [.. reading.Wishes.Select(static wish => new Wish(wish.Key, wish.Value.Labels, wish.Value.Node))], reading.Warnings);

    public TeamFileReading ToReading() => new(Plan, Wishes.ToImmutableDictionary(static wish => wish.Name, static wish => new MemberWish(wish.Node, wish.Labels)), Warnings);

    /// <summary>Where a member is to be started.</summary>
    public sealed record Wish(AgentName Name, ImmutableArray<string> Labels, string? Node = null);
}
