using System.Globalization;
using Microsoft.AspNetCore.Http;
using Orchestrator.Api.Requests;
using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Events;

/// <summary>A page of the history, in order: the first events after a position, or the last ones before one.</summary>
internal static class EventPage
{
    private const int Most = 1000;

    /// <summary>Reads what the query asks for: <c>after</c> or <c>before</c>, and <c>limit</c> (1 to 1,000).</summary>
    /// <exception cref="ProblemException">The query is not valid.</exception>
    public static async Task<IResult> ReadAsync(HttpContext context, IEventLog events, EventFilter filter)
    {
        var request = context.Request;
        var after = new JournalPosition(request.Number("after", 0, 0, long.MaxValue));
        var before = new JournalPosition(request.Number("before", JournalPosition.End.Value, 1, JournalPosition.End.Value));
        var limit = (int)request.Number("limit", 100, 1, Most);
        var back = request.Query.ContainsKey("before");
        if (back && request.Query.ContainsKey("after"))
        {
            throw ProblemException.Invalid(string.Create(CultureInfo.InvariantCulture, $"'after' and 'before' do not go together: 'after' goes on from {after.Value}, 'before' goes back from {before.Value}"));
        }

        var found = back ? await events.ReadLastAsync(before, filter, limit, context.RequestAborted) : await events.ReadAsync(after, filter, limit, context.RequestAborted);
        return TypedResults.Json([.. found.Select(EventMapping.ToInfo)], ApiJson.Wire.ImmutableArrayEventInfo);
    }
}
