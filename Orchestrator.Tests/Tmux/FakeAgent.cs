using System.Text.Json;
using Orchestrator.Tests.Support;
using Orchestrator.Tmux;

namespace Orchestrator.Tests.Tmux;

/// <summary>One line of the fake agent's log: what really was submitted.</summary>
internal sealed record Submitted(string? Id, string Sha256, int Bytes, double Time, int Pid, string? Generation, string? Writer, int Seq, string Text);

/// <summary>The fake agent in a pane, with its log.</summary>
internal sealed class FakeAgent
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly OwnServer _own;
    private readonly string _log;

    /// <summary>The file of its log.</summary>
    public string LogFile => _log;

    private FakeAgent(OwnServer own, SpawnedPane pane, string log)
    {
        _own = own;
        _log = log;
        Pane = pane;
    }

    public static string Script { get; } = Path.Combine(AppContext.BaseDirectory, "Fixtures", "fake-agent.pl");

    public SpawnedPane Pane { get; }

    public PaneId Id => Pane.Pane;

    /// <summary>Starts it and waits until it takes input.</summary>
    public static async Task<FakeAgent> StartAsync(OwnServer own, params string[] modes)
    {
        var log = Path.Combine(own.Folder, $"{Guid.NewGuid():n}.log");
        var pane = await own.Panes.SpawnAsync(new PaneSpawn
        {
            Folder = own.Folder,
            Command = ["/usr/bin/perl", Script, "--log", log, .. modes],
            Agent = "agent/fake",
            Generation = 1,
            Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["ORC_GENERATION"] = "1" },
        });
        var agent = new FakeAgent(own, pane, log);
        await agent.ScreenShows("fake agent ready");
        return agent;
    }

    /// <summary>Everything submitted so far, in order.</summary>
    public IReadOnlyList<Submitted> Log()
        => File.Exists(_log) ? [.. File.ReadAllLines(_log).Select(line => JsonSerializer.Deserialize<Submitted>(line, Json)!)] : [];

    public Task<IReadOnlyList<Submitted>> LogHas(int count)
        => Eventually.Value(() => Task.FromResult(Log()), log => log.Count >= count, $"{count} submits in the fake agent's log");

    public Task<PaneCapture?> ScreenShows(string text)
        => Eventually.Value(() => _own.Panes.CaptureAsync(Id), capture => capture is not null && string.Join('\n', capture.Lines).Contains(text), $"the screen shows '{text}'");

    public DeliveryGuard Guard(long writer, long sequence, TimeSpan? within = null) => new()
    {
        Pane = Id,
        Writer = writer,
        Sequence = sequence,
        ProcessId = Pane.ProcessId,
        Commands = ["perl"],
        Deadline = DateTimeOffset.UtcNow + (within ?? TimeSpan.FromMinutes(1)),
    };
}
