using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Requests;

/// <summary>The ids of the commands that requests become.</summary>
internal static class CommandIds
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int TimeLength = 10;

    /// <summary>The id that the request carries in its <c>Idempotency-Key</c>, or null.</summary>
    public static CommandId? Given(HttpRequest request)
    {
        if (!request.Headers.TryGetValue(OrchestratorClient.IdempotencyHeader, out var values))
        {
            return null;
        }

        return Ulid.TryGetTime(values.ToString(), out _)
            ? new CommandId(values.ToString())
            : throw ProblemException.Invalid($"{OrchestratorClient.IdempotencyHeader} is a ULID: 26 characters of base 32, upper case");
    }

    /// <summary>A second id that follows from <paramref name="id"/>, so that a repeated request repeats all of its commands.</summary>
    public static CommandId Derive(CommandId id, string purpose)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{id}/{purpose}"));
        var text = id.Value.ToCharArray();
        for (var i = TimeLength; i < text.Length; i++)
        {
            text[i] = Alphabet[hash[i] & 31];
        }

        return new CommandId(new string(text));
    }
}
