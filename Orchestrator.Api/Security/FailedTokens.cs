using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Options;

namespace Orchestrator.Api.Security;

/// <summary>Counts wrong tokens by address and minute. A valid token is never held up by another's wrong ones.</summary>
internal sealed class FailedTokens(TimeProvider time, IOptions<ApiOptions> options)
{
    private const int MostAddresses = 10_000;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<IPAddress, (long Began, int Count)> _counts = new();

    public void Count(IPAddress? address)
    {
        if (_counts.Count > MostAddresses)
        {
            _counts.Clear();
        }

        var now = time.GetTimestamp();
        _counts.AddOrUpdate(
            address ?? IPAddress.None,
            static (_, began) => (began, 1),
            (_, known, began) => time.GetElapsedTime(known.Began, began) > Window ? (began, 1) : (known.Began, known.Count + 1),
            now);
    }

    public bool IsOverLimit(IPAddress? address)
        => _counts.TryGetValue(address ?? IPAddress.None, out var known) && known.Count > options.Value.FailedTokensPerMinute && time.GetElapsedTime(known.Began) <= Window;
}
