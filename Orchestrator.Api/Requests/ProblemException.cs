using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging.Protocol;
using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Requests;

/// <summary>A request that cannot be served: what its sender is told.</summary>
internal sealed class ProblemException(int status, string code, string detail) : Exception(detail)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    /// <summary>For a message: the rule of the protocol that it violates.</summary>
    public ProtocolViolation? Violation { get; init; }

    public static ProblemException NotFound(string what) => new(StatusCodes.Status404NotFound, RefusalCodes.NotFound, what);

    public static ProblemException Invalid(string what) => new(StatusCodes.Status400BadRequest, RefusalCodes.Invalid, what);

    /// <summary>What a refusal of an entity is in HTTP.</summary>
    public static ProblemException Of(Refused refused) => new(
        refused.Code switch
        {
            RefusalCodes.NotFound => StatusCodes.Status404NotFound,
            RefusalCodes.Invalid => StatusCodes.Status400BadRequest,
            RefusalCodes.AlreadyExists or RefusalCodes.IllegalState or RefusalCodes.Stale or RefusalCodes.TooOld => StatusCodes.Status409Conflict,
            RefusalCodes.Overloaded => StatusCodes.Status429TooManyRequests,
            Problems.Forbidden => StatusCodes.Status403Forbidden,
            RefusalCodes.Poison => StatusCodes.Status500InternalServerError,
            _ => StatusCodes.Status409Conflict,
        },
        refused.Code,
        refused.Reason);

    /// <summary>What a violation of the protocol is in HTTP.</summary>
    public static ProblemException Of(ProtocolError error)
    {
        var plain = Of(new Refused(ProtocolError.CodeOf(error.Violation), error.Reason));
        return new ProblemException(plain.Status, plain.Code, plain.Message) { Violation = error.Violation };
    }
}

/// <summary>Writes problem details (RFC 9457).</summary>
internal static class Problems
{
    public const string Unauthorized = "unauthorized";
    public const string Forbidden = "forbidden";
    public const string Unavailable = "unavailable";
    public const string TooLarge = "too-large";
    public const string Internal = "internal";

    /// <summary>Answers with a problem.</summary>
    public static async Task WriteAsync(HttpContext context, int status, string code, string detail, ProtocolViolation? violation = null)
    {
        var problem = new ProblemInfo(Title(status), status, detail, code, violation?.Words());
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/problem+json";
        if (status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = "1";
        }

        await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(problem, ApiJson.Wire.ProblemInfo), context.RequestAborted);
    }

    /// <summary>The code of an error that no endpoint has made.</summary>
    public static string CodeOf(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => Unauthorized,
        StatusCodes.Status403Forbidden => Forbidden,
        StatusCodes.Status404NotFound => RefusalCodes.NotFound,
        StatusCodes.Status413PayloadTooLarge => TooLarge,
        StatusCodes.Status429TooManyRequests => RefusalCodes.Overloaded,
        StatusCodes.Status503ServiceUnavailable => Unavailable,
        >= 500 => Internal,
        _ => RefusalCodes.Invalid,
    };

    private static string Title(int status) => status switch
    {
        StatusCodes.Status400BadRequest => "The request is not valid",
        StatusCodes.Status401Unauthorized => "A token is needed",
        StatusCodes.Status403Forbidden => "This is not allowed",
        StatusCodes.Status404NotFound => "There is no such thing",
        StatusCodes.Status405MethodNotAllowed => "This method is not served here",
        StatusCodes.Status409Conflict => "This does not fit what is there",
        StatusCodes.Status413PayloadTooLarge => "The body is too large",
        StatusCodes.Status415UnsupportedMediaType => "The body is not JSON",
        StatusCodes.Status421MisdirectedRequest => "This is not the host that was asked for",
        StatusCodes.Status429TooManyRequests => "Too much at once",
        StatusCodes.Status503ServiceUnavailable => "Not available now",
        >= 500 => "Something went wrong here",
        >= 400 => "The request is not valid",
        _ => throw new UnreachableException($"{status} is no error"),
    };
}
