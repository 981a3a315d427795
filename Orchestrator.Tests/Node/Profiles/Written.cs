using Orchestrator.Hocon;
using Orchestrator.Node.Profiles;

namespace Orchestrator.Tests.Node.Profiles;

/// <summary>Profiles written in a test.</summary>
internal static class Written
{
    /// <summary>A profile with these keys over those of <c>base.conf</c>.</summary>
    public static AgentProfile Profile(string text, ICollection<string>? warnings = null)
    {
        var options = new HoconOptions { SourceName = "test.conf" };
        var layers = HoconParser.Parse(text, options)
            .WithFallback(HoconParser.Parse("command = [program]", options))
            .WithFallback(HoconParser.ParseFile(Path.Combine(Profiles.Shipped, "base.conf")));
        return ProfileReader.Read("test", layers.Resolve(), warnings);
    }
}
