using System.Globalization;
using Orchestrator.Tests.Programs.Qwen;
using Xunit.Abstractions;

namespace Orchestrator.Tests.Programs.Live;

/// <summary>
/// Each real program under a real node, held against what a scripted model knows. The short form here; <c>./live</c>
/// runs the long one and prints the figures.
/// </summary>
public abstract class LiveTests(ITestOutputHelper output)
{
    private const string Prefix = "ORC_LIVE_";
    private const int Few = 26;
    private const int RealTurns = 16;

    internal abstract AgentProgram Program { get; }

    [Fact]
    public async Task Every_message_arrives_whole_once_and_in_order_and_the_state_is_what_the_model_knows()
    {
        var messages = Setting("MESSAGES", Few);
        var seed = Setting("SEED", 20261122);
        var other = Environment.GetEnvironmentVariable(Prefix + "PROFILE") is { Length: > 0 } text ? text : null;
        await using var node = await ProgramNode.StartAsync(Program, other is null ? [] : [("other", $"inherits = {Program.Name}\n{other}\n")]);

        var figures = await new LiveRun(node, Parts(messages, Setting("PROBES", 60)), seed, other is null ? null : "other").RunAsync();

        var problems = string.Join('\n', figures.Problems);
        output.WriteLine($"seed {seed}\n{LiveFigures.Header}\n{figures.Row}\n{problems}");
        if (Environment.GetEnvironmentVariable(Prefix + "FIGURES") is { Length: > 0 } file)
        {
            await File.WriteAllLinesAsync(Path.Combine(Path.GetDirectoryName(file)!, $"live-wrong-{figures.Program}.txt"), figures.Wrong.Select(static wrong => wrong.ToString()));
            await File.AppendAllTextAsync(file, new FileInfo(file) is { Exists: true, Length: > 0 } ? $"{figures.Row}\n" : $"{LiveFigures.Header}\n{figures.Row}\n");
        }

        Assert.True(figures.Received == messages, $"{figures.Row}\n{problems}");
        Assert.Equal(0, figures.Doubled);
        Assert.True(figures.InOrder, $"not in the order in which they were sent\n{problems}");
        Assert.True(figures.FirstEnter >= Math.Min(messages - 1, messages * 0.99), $"{figures.Row}\n{problems}");

        // A short run has a hasty model and other tests beside it: it bears some looks that come before the node's own. Where few of them are not just after a change, one of those would be a large share.
        var (agreeing, wrong) = messages > Few ? (figures.Agreeing, TimeSpan.FromSeconds(2)) : (Math.Max(figures.Agreeing, figures.AgreeingWhenSettled), TimeSpan.FromSeconds(5));
        Assert.True(agreeing >= (messages > Few ? 0.99 : 0.85), $"{figures.Row}\n{Wrong(figures)}");
        Assert.True(figures.LongestWrong < wrong, $"{figures.Row}\n{problems}\n{Wrong(figures)}");
        Assert.True(figures.Problems.IsEmpty, problems);
    }

    /// <summary>A short run has hasty turns only. A long one begins with them, to get many messages through, and looks at the state while turns take as long as real ones.</summary>
    private static IReadOnlyList<LivePart> Parts(int messages, int probes)
        => messages > Few
            ? [new LivePart(messages - RealTurns, probes / 4, LivePace.Hasty), new LivePart(RealTurns, probes, LivePace.Real)]
            : [new LivePart(messages, probes, LivePace.Hasty)];

    private static string Wrong(LiveFigures figures)
        => string.Join('\n', figures.Wrong);

    private static int Setting(string name, int otherwise)
        => Environment.GetEnvironmentVariable(Prefix + name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}

/// <inheritdoc/>
public sealed class ClaudeLiveTests(ITestOutputHelper output) : LiveTests(output)
{
    internal override AgentProgram Program => new ClaudeProgram();
}

/// <inheritdoc/>
public sealed class CodexLiveTests(ITestOutputHelper output) : LiveTests(output)
{
    internal override AgentProgram Program => new CodexProgram();
}

/// <inheritdoc/>
public sealed class GeminiLiveTests(ITestOutputHelper output) : LiveTests(output)
{
    internal override AgentProgram Program => new GeminiProgram();
}

/// <inheritdoc/>
public sealed class OpenCodeLiveTests(ITestOutputHelper output) : LiveTests(output)
{
    internal override AgentProgram Program => new OpenCodeProgram();
}

/// <inheritdoc/>
public sealed class QwenLiveTests(ITestOutputHelper output) : LiveTests(output)
{
    internal override AgentProgram Program => new QwenProgram();
}
