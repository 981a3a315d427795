using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Identity;
using Orchestrator.Actors.Tasks;
using Orchestrator.Actors.Teams;
using Orchestrator.Api.Messages;
using Orchestrator.Api.Requests;
using Orchestrator.Api.Security;
using Orchestrator.Api.Tasks;
using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Teams;

/// <summary><c>/api/v1/merges</c>: branches of members that are to be merged.</summary>
internal static class MergeEndpoints
{
    private const int Most = 10_000;
    private const int LongestId = 30;
    private const int LongestTitle = 200;
    private const int ShortestCommit = 7;
    private const int LongestCommit = 64;
    private const string ReviewerRole = "code_reviewer";

    private static readonly TimeSpan InspectionWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ViewPause = TimeSpan.FromMilliseconds(20);

    public static void MapMerges(this IEndpointRouteBuilder routes)
    {
        var merges = routes.MapGroup("/api/v1/merges").WithTags("teams");
        merges.MapGet("", ListAsync).Scope(Scopes.TasksRead, AgentPermissions.OwnTasks).Produces<ImmutableArray<MergeInfo>>().WithName("listMerges").WithSummary("List merge requests by id, those that are over with ?closed=true; page by page with ?limit= and ?after=.");
        merges.MapPost("", RequestAsync).Scope(Scopes.TasksWrite, AgentPermissions.OwnTasks).Accepts<MergeRequestRequest>("application/json").Produces<MergeInfo>(StatusCodes.Status201Created).WithName("requestMerge").WithSummary("Ask that the branch of a member be merged, as it is by now; its reviewer gets a task. The same id again puts up what the branch has by then.");
        merges.MapGet("/{id}", GetAsync).Scope(Scopes.TasksRead, AgentPermissions.OwnTasks).Produces<MergeInfo>().WithName("getMerge").WithSummary("Read a merge request.");
        merges.MapPost("/{id}/accept", AcceptAsync).Scope(Scopes.TasksWrite, AgentPermissions.OwnTasks).Produces<MergeInfo>(StatusCodes.Status202Accepted).WithName("acceptMerge").WithSummary("Merge it, if it is about ?commit= still; a conflict goes back to its author as a task.");
        merges.MapPost("/{id}/reject", RejectAsync).Scope(Scopes.TasksWrite, AgentPermissions.OwnTasks).Accepts<RejectMergeRequest>("application/json").Produces<MergeInfo>().WithName("rejectMerge").WithSummary("Send it back to its author as a task.");
    }

    private static async Task<IResult> ListAsync(HttpContext context, IViews views, Commands commands)
    {
        await commands.SeenAsync(context);
        var team = context.Request.Word("team") is { } name ? TeamRequests.Name(name).Value : null;
        var (closed, own) = (context.Request.Flag("closed"), context.LimitedTo());
        var found = await views.AllAsync<MergeRequest>(MergeRequest.ViewName, team, context.Request.Word("after"), cancellationToken: context.RequestAborted)
            .Select(static row => row.Value)
            .Where(merge => (own is null || Concerns(merge, own.Value)) && (closed || merge.State is not (MergeState.Merged or MergeState.Rejected)))
            .Take((int)context.Request.Number("limit", Most, 1, Most))
            .ToListAsync(context.RequestAborted);
        return TypedResults.Json([.. found.Select(TeamMapping.ToInfo)], ApiJson.Wire.ImmutableArrayMergeInfo);
    }

    private static async Task<IResult> GetAsync(HttpContext context, string id, IViews views, Commands commands)
    {
        await commands.SeenAsync(context);
        var merge = await FoundAsync(views, Id(id), context.RequestAborted);
        context.MustBeOwn(agent => Concerns(merge, agent), "it sees merge requests of its own, and those that it reviews");
        return TypedResults.Json(merge.ToInfo(), ApiJson.Wire.MergeInfo);
    }

    private static bool Concerns(MergeRequest merge, AgentName agent) => merge.Author == agent || merge.Reviewer == agent;

    private static async Task<IResult> RequestAsync(HttpContext context, TaskRules rules, TeamRequests requests, IViews views, Commands commands, TimeProvider time)
    {
        var request = await context.Request.BodyAsync(ApiJson.Wire.MergeRequestRequest, context.RequestAborted);
        var key = commands.IdOf(context.Request);
        var id = Id(request.Id is { Length: > 0 } given ? given : key.Value[^8..].ToLowerInvariant());
        var author = RequestParts.Agent(request.Agent);
        if (Speaker.Of(context).Agent is { } speaker && speaker != author)
        {
            throw OwnAffairs.Forbidden($"{speaker} may not do this: an agent asks for a merge of its own branch only");
        }

        if (request.Title is not { Length: > 0 and <= LongestTitle } title || title.Any(char.IsControl))
        {
            throw ProblemException.Invalid($"'title' has 1 to {LongestTitle} characters in one line");
        }

        var agent = await rules.AgentAsync(author, context.RequestAborted);
        var team = await requests.FoundAsync(TeamRequests.Name(agent.Team ?? throw ProblemException.Invalid($"{author} is in no team: only branches of members are merged")), context.RequestAborted);
        if (team.Plan!.Git is not { } git || team.Home is not { } node || team.Plan.Find(author) is not { Branch: { } branch })
        {
            throw ProblemException.Invalid($"{author} has no branch of its own in the team {team.Name}, or the team keeps nothing in git: see git and worktree in its file");
        }

        var reviewer = await ReviewerAsync(request.Reviewer, team, author, rules, context.RequestAborted);
        var command = new RequestMerge(team.Name, author, reviewer?.Name, reviewer?.Role, node, team.Plan.Folder, branch, git.Target, title, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32))) { Policy = git };
        await commands.AskAsync(context, MergeRequest.Entity(id), command, key);
        context.Response.Headers.Location = $"/api/v1/merges/{id}";
        await commands.SeenAsync(Position(context), context.RequestAborted);
        return TypedResults.Json((await InspectedAsync(id, views, time, context.RequestAborted)).ToInfo(), ApiJson.Wire.MergeInfo, statusCode: StatusCodes.Status201Created);
    }

    // The node answers within a moment which commit it is about, or why that cannot be merged; one that is away does so when it is back.
    private static async Task<MergeRequest> InspectedAsync(string id, IViews views, TimeProvider time, CancellationToken cancellationToken)
    {
        var until = time.GetUtcNow() + InspectionWait;
        MergeRequest merge;
        while ((merge = await FoundAsync(views, id, cancellationToken)).Looking && time.GetUtcNow() < until)
        {
            await Task.Delay(ViewPause, time, cancellationToken);
        }

        return merge;
    }

    private static async Task<IResult> AcceptAsync(HttpContext context, string id, IViews views, Commands commands)
    {
        await MayDecideAsync(context, views, Id(id));
        await commands.AskAsync(context, MergeRequest.Entity(Id(id)), new AcceptMerge { Commit = Commit(context.Request.Word("commit")) }, commands.IdOf(context.Request));
        return await SeenAsync(context, Id(id), views, commands, StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> RejectAsync(HttpContext context, string id, IViews views, Commands commands)
    {
        var request = await context.Request.BodyAsync(ApiJson.Wire.RejectMergeRequest, context.RequestAborted);
        await MayDecideAsync(context, views, Id(id));
        await commands.AskAsync(context, MergeRequest.Entity(Id(id)), new RejectMerge(TaskRules.Text(request.Reason, "reason")), commands.IdOf(context.Request));
        return await SeenAsync(context, Id(id), views, commands, StatusCodes.Status200OK);
    }

    private static string? Commit(string? text)
        => text is null || (text.Length is >= ShortestCommit and <= LongestCommit && text.All(char.IsAsciiHexDigitLower)) ? text
            : throw ProblemException.Invalid($"'commit' is a commit, or how it begins: {ShortestCommit} to {LongestCommit} of 0-9 and a-f");

    // Of agents only the reviewer decides, and nobody reviews its own work.
    private static async Task MayDecideAsync(HttpContext context, IViews views, string id)
    {
        var merge = await FoundAsync(views, id, context.RequestAborted);
        if (Speaker.Of(context).Agent is { } agent && agent != merge.Reviewer)
        {
            throw OwnAffairs.Forbidden($"{agent} may not do this: the merge request {id} is decided by {merge.Reviewer?.Value ?? "a person"}");
        }
    }

    private static async Task<AgentView?> ReviewerAsync(string? named, Team team, AgentName author, TaskRules rules, CancellationToken cancellationToken)
    {
        var name = named ?? (team.Plan!.Members.FirstOrDefault(m => m.Role == ReviewerRole && m.Name != author)?.Name ?? team.Plan.Find(author)!.ReportsTo)?.Value ?? TaskDescription.AnyPerson;
        return name == TaskDescription.AnyPerson ? null
            : name == author.Value ? throw ProblemException.Invalid("nobody reviews its own work: name another reviewer, or person")
            : await rules.AgentAsync(RequestParts.Agent(name), cancellationToken);
    }

    private static async Task<IResult> SeenAsync(HttpContext context, string id, IViews views, Commands commands, int status)
    {
        await commands.SeenAsync(Position(context), context.RequestAborted);
        return TypedResults.Json((await FoundAsync(views, id, context.RequestAborted)).ToInfo(), ApiJson.Wire.MergeInfo, statusCode: status);
    }

    private static JournalPosition Position(HttpContext context)
        => new(long.TryParse(context.Response.Headers[OrchestratorClient.PositionHeader].ToString(), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var position) ? position : 0);

    private static string Id(string text) => text.Length <= LongestId && TaskId.TryParse(text, out _) ? text : throw ProblemException.Invalid($"'{text}' is not the id of a merge request: use 1 to {LongestId} lower-case letters, digits and dashes, first a letter or a digit");

    private static async Task<MergeRequest> FoundAsync(IViews views, string id, CancellationToken cancellationToken)
        => await views.GetAsync<MergeRequest>(MergeRequest.ViewName, id, cancellationToken) ?? throw ProblemException.NotFound($"there is no merge request {id}: 'orc merge ls' shows those there are");
}
