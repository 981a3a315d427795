using Orchestrator.Actors.Messaging.Protocol;
using Orchestrator.Client;
using Orchestrator.Runtime;

namespace Orchestrator.Api.Messages;

/// <summary>Adds up the counts of a period: whole hours where they lie in it, minutes at its ends.</summary>
internal sealed class MessageCounting(IViews views)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public async Task<MessageStatisticsInfo> CountAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        (from, to) = (Floor(from, Minute), Floor(to, Minute));
        var parties = new Dictionary<string, MessageCounts>(StringComparer.Ordinal);
        var (firstHour, lastHour) = (Floor(from + Hour - TimeSpan.FromTicks(1), Hour), Floor(to, Hour));
        if (firstHour < lastHour)
        {
            await AddAsync(parties, MessageCounts.MinuteKey(from), MessageCounts.MinuteKey(firstHour), cancellationToken);
            await AddAsync(parties, MessageCounts.HourKey(firstHour), MessageCounts.HourKey(lastHour), cancellationToken);
            await AddAsync(parties, MessageCounts.MinuteKey(lastHour), MessageCounts.MinuteKey(to), cancellationToken);
        }
        else
        {
            await AddAsync(parties, MessageCounts.MinuteKey(from), MessageCounts.MinuteKey(to), cancellationToken);
        }

        var all = parties.Values.Aggregate(new MessageCounts(), static (sum, one) => sum.Plus(one));
        return new MessageStatisticsInfo(
            from,
            to,
            all.Received,
            all.ByType,
            all.ByPriority,
            all.Outcomes,
            all.Refused,
            all.Undeliverable,
            [.. parties.Values.OrderByDescending(static p => p.Sent + p.Received).ThenBy(static p => p.Party, StringComparer.Ordinal).Select(static p => new PartyStatisticsInfo(p.Party, p.Sent, p.Received, p.ByType, p.ByPriority, p.Outcomes, p.Refused, p.Undeliverable))]);
    }

    private async Task AddAsync(Dictionary<string, MessageCounts> parties, string from, string to, CancellationToken cancellationToken)
    {
        await foreach (var row in views.AllAsync<MessageCounts>(MessageCounts.ViewName, afterKey: from, cancellationToken: cancellationToken).TakeWhile(row => string.CompareOrdinal(row.Key, to) < 0))
        {
            parties[row.Value.Party] = parties.TryGetValue(row.Value.Party, out var known) ? known.Plus(row.Value) : row.Value;
        }
    }

    private static DateTimeOffset Floor(DateTimeOffset time, TimeSpan unit) => new(time.UtcTicks - (time.UtcTicks % unit.Ticks), TimeSpan.Zero);
}
