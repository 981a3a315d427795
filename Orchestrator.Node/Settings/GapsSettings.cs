using Orchestrator.Actors.Gaps;
using Orchestrator.Hocon;

namespace Orchestrator.Node.Settings;

/// <summary>Reads <c>orchestrator.gaps</c>: after how long something is a gap, for all roles and for some.</summary>
internal static class GapsSettings
{
    private const string Section = "orchestrator.gaps";
    private const int MostReturns = 50;

    private static readonly string[] Keys = ["missing", "timing", "long-running", "silent-agent", "unread-message", "dialog-unanswered", "checkin-missed", "no-progress"];

    /// <summary>The thresholds.</summary>
    /// <exception cref="HoconException">One cannot be used; says which, where, and what to do.</exception>
    public static GapSettings Read(HoconObject all)
    {
        var gaps = new PerRole(all.GetObject(Section), Section, Keys);
        return new GapSettings(gaps.Read(Thresholds), gaps.ReadRoles(Thresholds)) { Returns = Returns(all) };
    }

    private static int Returns(HoconObject all) => all.GetInt($"{Section}.returns") is > 0 and <= MostReturns and var returns
        ? returns
        : throw new HoconException($"{Section}.returns is {all.GetInt($"{Section}.returns")}: use 1 to {MostReturns}");

    private static GapThresholds Thresholds(PerRole.From from, string path)
    {
        TimeSpan Of(string key) => from.Time(key, path);
        return new GapThresholds(
            Of("missing"), Of("timing"), Of("long-running"), Of("silent-agent"), Of("unread-message"), Of("dialog-unanswered"), Of("checkin-missed"), Of("no-progress"));
    }
}
