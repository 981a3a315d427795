using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Requests;

/// <summary>Turns whatever goes wrong in a request into problem details with a stable code.</summary>
internal sealed partial class ErrorAnswers(RequestDelegate next, ILogger<ErrorAnswers> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for an answer any more.
            return;
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            var (status, code, detail) = Answer(e, context);
            context.Response.Clear();
            await Problems.WriteAsync(context, status, code, detail, (e as ProblemException)?.Violation);
            return;
        }

        if (context.Response is { StatusCode: >= 400, HasStarted: false, ContentLength: null, ContentType: null })
        {
            await Problems.WriteAsync(context, context.Response.StatusCode, Problems.CodeOf(context.Response.StatusCode), Undocumented(context));
        }
    }

    private static string Undocumented(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => $"{context.Request.Path} is not served: see /openapi/v1.json for what is",
        StatusCodes.Status405MethodNotAllowed => $"{context.Request.Path} does not take {context.Request.Method}",
        _ => $"{context.Request.Method} {context.Request.Path} was not served",
    };

    private (int Status, string Code, string Detail) Answer(Exception e, HttpContext context)
    {
        switch (e)
        {
            case ProblemException problem:
                return (problem.Status, problem.Code, problem.Message);
            case OverloadedException:
                return (StatusCodes.Status429TooManyRequests, RefusalCodes.Overloaded, e.Message);
            case StoreUnavailableException or PeerUnreachableException:
                return (StatusCodes.Status503ServiceUnavailable, Problems.Unavailable, e.Message);
            case BadHttpRequestException bad:
                return (bad.StatusCode, Problems.CodeOf(bad.StatusCode), bad.Message);
            default:
                Failed(logger, e, context.Request.Method, context.Request.Path);
                return (StatusCodes.Status500InternalServerError, Problems.Internal, $"an error that is not the request's fault; the node's log has it ({context.TraceIdentifier})");
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private static partial void Failed(ILogger logger, Exception exception, string method, string path);
}
