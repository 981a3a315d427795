using System.Globalization;
using System.Text.Json;

namespace Orchestrator.Tests.Node.Transcripts;

/// <summary>What transcripts say of the limits of an account, read by the rules of the shipped profiles.</summary>
public sealed class LimitLineTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 29, 10, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("""{"type":"event_msg","payload":{"type":"token_count","rate_limits":{"primary":{"used_percent":42.5,"window_minutes":300,"resets_at":1795953600},"secondary":{"used_percent":7,"resets_at":1796000000}}}}""", "primary 42.5 2026-11-29T12:00:00Z; secondary 7 2026-11-30T00:53:20Z")]
    [InlineData("""{"type":"event_msg","payload":{"type":"token_count","rate_limits":{"primary":{"used_percent":42.5,"resets_at":1700000000},"secondary":null}}}""", "primary 42.5 -")]
    [InlineData("""{"type":"event_msg","payload":{"type":"token_count","rate_limits":{"primary":null,"secondary":null}}}""", "")]
    [InlineData("""{"type":"event_msg","payload":{"type":"task_started"}}""", "")]
    public void Codex_writes_down_how_much_is_used(string line, string expected)
        => Assert.Equal(expected, Read("codex", line));

    // As Claude Code 2.1.330 wrote it against a server that refuses, but for fields that nobody reads; the second with words that its screen rules know.
    [Theory]
    [InlineData("""{"isSidechain":false,"type":"assistant","message":{"role":"assistant","content":[{"type":"text","text":"API Error: Request rejected (429) · Rate limit reached"}]},"error":"rate_limit","isApiErrorMessage":true}""", "reached 100 -")]
    [InlineData("""{"isSidechain":false,"type":"assistant","message":{"role":"assistant","content":[{"type":"text","text":"You've hit your session limit · resets 3:45pm (UTC)"}]},"error":"rate_limit","isApiErrorMessage":true}""", "reached 100 2026-11-29T15:45:00Z")]
    [InlineData("""{"isSidechain":false,"type":"assistant","message":{"role":"assistant","content":[{"type":"text","text":"API Error: Overloaded"}]},"error":"server_error","isApiErrorMessage":true}""", "")]
    [InlineData("""{"isSidechain":false,"type":"assistant","message":{"role":"assistant","content":[{"type":"text","text":"the rate_limit resets 3pm"}]}}""", "")]
    public void Claude_Code_writes_down_that_a_limit_is_reached(string line, string expected)
        => Assert.Equal(expected, Read("claude", line));

    private static string Read(string profile, string line)
    {
        using var json = JsonDocument.Parse(line);
        var time = new InUtc();
        return string.Join("; ", Profiles.Profiles.All[profile].TranscriptLimits
            .Select(limit => (limit.Name, Of: limit.Of(json.RootElement, time)))
            .Where(static found => found.Of is not null)
            .Select(static found => FormattableString.Invariant($"{found.Name} {found.Of!.Value.Percent} {found.Of.Value.Resets?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture) ?? "-"}")));
    }

    private sealed class InUtc : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
