using Orchestrator.Actors.Messaging.Protocol;
using Orchestrator.Hocon;

namespace Orchestrator.Node.Settings;

/// <summary>Reads <c>orchestrator.protocol</c>.</summary>
internal static class ProtocolSettings
{
    private const string Path = "orchestrator.protocol";
    private const int MostMessages = 1000;

    /// <summary>What messages are held to.</summary>
    /// <exception cref="HoconException">A setting cannot be used; says which and what to do.</exception>
    public static ProtocolRules Read(HoconObject all) => new()
    {
        MaximumAge = Time(all, "maximum-age"),
        MaximumLead = Time(all, "maximum-lead"),
        OpenQuestions = Number(all, "open-questions"),
        Senders = [.. all.GetStringList($"{Path}.senders")],
        Talk = new TalkLimits(Number(all, "hops"), Number(all, "exchanges"), Number(all, "messages-per-pair"), Time(all, "pair-window"), Time(all, "topic-ends-after")),
    };

    /// <summary>A time of more than nothing and at most a year.</summary>
    public static TimeSpan Time(HoconObject all, string key, string path = Path)
        => all.GetDuration($"{path}.{key}") is { Ticks: > 0, TotalDays: <= 365 } time ? time : throw new HoconException($"{path}.{key} is {all.GetDuration($"{path}.{key}")}: use more than 0 and at most 365 days");

    private static int Number(HoconObject all, string key)
        => all.GetInt($"{Path}.{key}") is > 0 and <= MostMessages and var number ? number : throw new HoconException($"{Path}.{key} is {all.GetInt($"{Path}.{key}")}: use 1 to {MostMessages}");
}
