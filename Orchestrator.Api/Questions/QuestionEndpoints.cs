using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Identity;
using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Questions;
using Orchestrator.Actors.Tasks;
using Orchestrator.Api.Messages;
using Orchestrator.Api.Requests;
using Orchestrator.Api.Security;
using Orchestrator.Api.Tasks;
using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Questions;

/// <summary><c>/api/v1/questions</c>: what agents want to know of a person.</summary>
internal static class QuestionEndpoints
{
    private const int MostChoices = 20;

    public static void MapQuestions(this IEndpointRouteBuilder routes)
    {
        var questions = routes.MapGroup("/api/v1/questions").WithTags("questions");
        questions.MapPost("", AskAsync).Scope(Scopes.MessagesWrite, AgentPermissions.AskPerson).Accepts<AskQuestionRequest>("application/json").Produces<QuestionInfo>(StatusCodes.Status201Created).WithName("askQuestion").WithSummary("Ask a person something, with the token of an agent. The answer comes as a message.");
        questions.MapGet("", ListAsync).Scope(Scopes.MessagesRead, AgentPermissions.AskPerson).Produces<ImmutableArray<QuestionInfo>>().WithName("listQuestions").WithSummary("List open questions, and those answered or withdrawn with ?closed=true.");
        questions.MapGet("/{id}", GetAsync).Scope(Scopes.MessagesRead, AgentPermissions.AskPerson).Produces<QuestionInfo>().WithName("getQuestion").WithSummary("Read a question.");
        questions.MapPost("/{id}/answer", AnswerAsync).Scope(Scopes.MessagesWrite).Accepts<TextRequest>("application/json").Produces<QuestionInfo>().WithName("answerQuestion").WithSummary("Answer a question: its agent gets a message.");
        questions.MapPost("/{id}/withdraw", WithdrawAsync).Scope(Scopes.MessagesWrite, AgentPermissions.AskPerson).Accepts<TextRequest>("application/json").Produces<QuestionInfo>().WithName("withdrawQuestion").WithSummary("Say that a question needs no answer any more.");
    }

    private static async Task<IResult> AskAsync(HttpContext context, IViews views, Commands commands, IOptions<ApiOptions> options)
    {
        var request = await context.Request.BodyAsync(ApiJson.Wire.AskQuestionRequest, context.RequestAborted);
        var agent = Speaker.Of(context).Agent ?? throw ProblemException.Invalid("agents ask people: send this with the token of an agent; ask an agent with 'orc send'");
        var key = commands.IdOf(context.Request);
        var id = request.Id is { Length: > 0 } given ? Id(given) : $"q-{key.Value[^8..].ToLowerInvariant()}";
        var choices = TaskRules.Items(request.Choices, "choices");
        if (choices.Length > MostChoices)
        {
            throw ProblemException.Invalid($"'choices' has at most {MostChoices} texts");
        }

        var most = options.Value.Protocol.OpenQuestions;
        var open = await TaskEndpoints.SearchAsync<Question>(views, Question.ViewName, Question.OpenPartition, q => q.Agent == agent, after: null, most, context.RequestAborted);
        if (open.Count >= most && !open.Exists(q => q.Id == id))
        {
            throw ProblemException.Of(new Refused(RefusalCodes.Overloaded, $"{most} questions of {agent} wait for a person already: go on with what needs no answer, or take one back with 'orc question withdraw'"));
        }

        var answer = await commands.AskAsync(context, Question.Entity(id), new AskPerson(agent, TaskRules.Text(request.Text, "text"), choices), key);
        context.Response.Headers.Location = $"/api/v1/questions/{id}";
        return await SeenAsync(context, id, answer, views, commands, StatusCodes.Status201Created);
    }

    private static async Task<IResult> ListAsync(HttpContext context, IViews views, Commands commands)
    {
        await commands.SeenAsync(context);
        var limited = context.LimitedTo();
        var agent = context.Request.Word("agent") is { } text ? RequestParts.Agent(text) : (AgentName?)null;
        var found = await TaskEndpoints.SearchAsync<Question>(
            views,
            Question.ViewName,
            context.Request.Flag("closed") ? null : Question.OpenPartition,
            q => (limited is null || q.Agent == limited) && (agent is null || q.Agent == agent),
            context.Request.Word("after"),
            (int)context.Request.Number("limit", 1000, 1, 10_000),
            context.RequestAborted);
        return TypedResults.Json([.. found.Select(ToInfo)], ApiJson.Wire.ImmutableArrayQuestionInfo);
    }

    private static async Task<IResult> GetAsync(HttpContext context, string id, IViews views, Commands commands)
    {
        await commands.SeenAsync(context);
        return TypedResults.Json(ToInfo(await FoundAsync(context, id, views)), ApiJson.Wire.QuestionInfo);
    }

    private static async Task<IResult> AnswerAsync(HttpContext context, string id, IViews views, Commands commands)
    {
        var text = TaskRules.Text((await context.Request.BodyAsync(ApiJson.Wire.TextRequest, context.RequestAborted)).Text, "text");
        var question = await FoundAsync(context, id, views);
        if (await views.GetAsync<AgentView>(AgentView.ViewName, question.Agent!.Value.Value, context.RequestAborted) is null or { State: AgentState.Terminated })
        {
            throw ProblemException.Of(new Refused(RefusalCodes.IllegalState, $"{question.Agent} was ended, so nobody hears an answer: 'orc question withdraw {id}' closes it"));
        }

        var key = commands.IdOf(context.Request);
        var message = Actors.Messaging.MessageId.Parse(CommandIds.Derive(key, "answer").Value);
        return await SeenAsync(context, id, await commands.AskAsync(context, Question.Entity(id), new AnswerQuestion(text, Seal.New(), message), key), views, commands);
    }

    private static async Task<IResult> WithdrawAsync(HttpContext context, string id, IViews views, Commands commands)
    {
        var text = TaskRules.Text((await context.Request.BodyAsync(ApiJson.Wire.TextRequest, context.RequestAborted)).Text, "text");
        await FoundAsync(context, id, views);
        return await SeenAsync(context, id, await commands.AskAsync(context, Question.Entity(id), new WithdrawQuestion(text), commands.IdOf(context.Request)), views, commands);
    }

    private static async Task<IResult> SeenAsync(HttpContext context, string id, Answer answer, IViews views, Commands commands, int status = StatusCodes.Status200OK)
    {
        await commands.SeenAsync(answer.Position, context.RequestAborted);
        return TypedResults.Json(ToInfo(await FoundAsync(context, id, views)), ApiJson.Wire.QuestionInfo, statusCode: status);
    }

    private static string Id(string text) => TaskId.TryParse(text, out _) ? text : throw ProblemException.Invalid($"'{text}' is not the id of a question: {TaskId.Rule}");

    private static async Task<Question> FoundAsync(HttpContext context, string id, IViews views)
    {
        var limited = context.LimitedTo();
        return await views.GetAsync<Question>(Question.ViewName, Id(id), context.RequestAborted) is { } question && (limited is null || question.Agent == limited)
            ? question
            : throw ProblemException.NotFound($"there is no question {id}{(limited is null ? string.Empty : " of yours")}: 'orc question ls' shows those there are");
    }

    private static QuestionInfo ToInfo(Question q) => new(q.Id, q.Agent!.Value.Value, q.Text, q.Choices, q.State.Words(), q.Answer, q.By, q.Message?.Value, q.AskedAt, q.EndedAt);
}
