using System.Text.Json;

using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Node.Transcripts;

/// <summary>What transcripts say of the limits of an account, read by the rules of the shipped profiles.</summary>
public sealed class LimitLineTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.Parse("2026-11-29T10:00:00Z");

    [Theory]
    [InlineData("""{"type":"event_msg","payload":{"type":"token_count","rate_limits":{"primary":{"used_percent":42.5,"window_minutes":300,"resets_at":1795953600},"secondary":{"used_percent":7,"resets_at":1796000000}}}}""", "primary 42.5 2026-11-29T12:00:00Z; secondary 7 2026-11-30T00:53:20Z")]
    [InlineData("""{"type":"event_msg","payload":{"type":"token_count","rate_limits":{"primary":{"used_percent":42.5,"resets_at":1700000000},"secondary":null}}}""", "primary 42.5 -")]
    [InlineData("""{"type":"event_msg","payload":{"type":"token_count","rate_limits":{"primary":null,"secondary":null}}}""", "")]
    [InlineData("""{"type":"event_msg","payload":{"type":"task_started"}}""", "")]
    public void Codex_writes_down_how_much_is_used(string line, string expected)
        => Assert.Equal(expected, Read("codex", line));

    private static string Read(string profile, string line)
    {
        using var json = JsonDocument.Parse(line);
        var time = new ManualTime(Now);
        return string.Join("; ", Profiles.Profiles.All[profile].TranscriptLimits
            .Select(limit => (limit.Name, Of: limit.Of(json.RootElement, time)))
            .Where(static found => found.Of is not null)
            .Select(static found => FormattableString.Invariant($"{found.Name} {found.Of!.Value.Percent} {found.Of.Value.Resets?.ToString("yyyy-MM-ddTHH:mm:ssZ") ?? "-"}")));
    }
}
