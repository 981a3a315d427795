using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Orchestrator.Actors.Agents;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Requests;

/// <summary>Reads the parts of a request; what makes no sense is answered as a problem that says what would.</summary>
internal static class RequestParts
{
    /// <summary>The body.</summary>
    public static async Task<T> BodyAsync<T>(this HttpRequest request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        if (!request.HasJsonContentType())
        {
            throw new ProblemException(StatusCodes.Status415UnsupportedMediaType, RefusalCodes.Invalid, "send JSON, with Content-Type: application/json");
        }

        try
        {
            return await JsonSerializer.DeserializeAsync(request.Body, type, cancellationToken) ?? throw ProblemException.Invalid("the body is null");
        }
        catch (JsonException e)
        {
            throw ProblemException.Invalid($"the body is not as expected: {e.Message}");
        }
        catch (InvalidOperationException e) when (e.InnerException is System.Text.DecoderFallbackException)
        {
            throw ProblemException.Invalid("the body has a lone surrogate: send text as valid Unicode");
        }
    }

    /// <summary>A number of the query, or <paramref name="otherwise"/>.</summary>
    public static long Number(this HttpRequest request, string name, long otherwise, long least, long most)
    {
        if (!request.Query.TryGetValue(name, out var values))
        {
            return otherwise;
        }

        return long.TryParse(values.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw ProblemException.Invalid(string.Create(CultureInfo.InvariantCulture, $"'{name}' is a number from {least} to {most}"));
    }

    /// <summary>A yes or no of the query; no if it is missing.</summary>
    public static bool Flag(this HttpRequest request, string name) => request.Query[name].ToString() switch
    {
        "true" or "1" => true,
        "" or "false" or "0" => false,
        _ => throw ProblemException.Invalid($"'{name}' is true or false"),
    };

    /// <summary>A word of the query, or null.</summary>
    public static string? Word(this HttpRequest request, string name) => request.Query.TryGetValue(name, out var value) && value.ToString() is { Length: > 0 } word ? word : null;

    /// <summary>A value of the query that is spelled as an enum is, or null.</summary>
    public static T? Spelled<T>(this HttpRequest request, string name)
        where T : struct, Enum
        => request.Word(name) is { } word ? Spelled<T>(word, name) : null;

    /// <summary>The value that <paramref name="word"/> spells.</summary>
    public static T Spelled<T>(string word, string name)
        where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
        {
            if (string.Equals(value.Words(), word, StringComparison.Ordinal))
            {
                return value;
            }
        }

        throw ProblemException.Invalid($"'{name}' is one of {string.Join(", ", Enum.GetValues<T>().Select(static v => v.Words()))}");
    }

    /// <summary>The name of an agent.</summary>
    public static AgentName Agent(string text) => AgentName.TryParse(text, out var name) ? name : throw ProblemException.Invalid($"'{text}' is not an agent's name: {AgentName.Rule}");

    /// <summary>The entity of the query, or null.</summary>
    public static EntityId? Entity(this HttpRequest request) => request.Word("entity") switch
    {
        null => null,
        { } text when EntityId.TryParse(text, out var entity) => entity,
        { } text => throw ProblemException.Invalid($"'{text}' is not an entity: write kind/id, for example agent/a1"),
    };
}
