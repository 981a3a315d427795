using System.Globalization;
using Orchestrator.Runtime;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Runtime;

/// <summary>The process is killed with SIGKILL while clients send, again and again; each client sends what was not acknowledged again with the same id.</summary>
public sealed class CrashTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly (int Number, string Id)[] _next = new (int, string)[CrashChild.Clients];
    private int _acknowledged;

    public CrashTests() => Array.Fill(_next, (0, string.Empty));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Killed_at_any_moment_nothing_acknowledged_is_lost_and_nothing_is_done_twice(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 3; round++)
        {
            await KilledAfterAsync(random.Next(1, 400), "dedupe durable");
        }

        var (lost, doubled) = await FaultsAsync();
        Assert.Equal([], lost);
        Assert.Equal([], doubled);
    }

    [Theory]
    [InlineData(FailPoints.Decided)]
    [InlineData(FailPoints.BeforeCommit)]
    [InlineData(FailPoints.AfterCommit)]
    [InlineData(FailPoints.Committed)]
    public async Task Killed_at_each_step_of_a_commit_nothing_acknowledged_is_lost_and_nothing_is_done_twice(string point)
    {
        await KilledAtAsync(point, 7, "dedupe durable");
        await KilledAtAsync(point, 30, "dedupe durable");
        var (lost, doubled) = await FaultsAsync();
        Assert.Equal([], lost);
        Assert.Equal([], doubled);
    }

    [Fact]
    public async Task Without_the_durable_commit_the_loss_is_noticed()
    {
        await KilledAtAsync(FailPoints.BeforeCommit, 20, "dedupe");
        var (lost, _) = await FaultsAsync();
        Assert.NotEmpty(lost);
    }

    [Fact]
    public async Task Without_dedupe_the_doubled_command_is_noticed()
    {
        // The first turn is an Ask: committed, and not acknowledged when the process dies.
        await KilledAtAsync(FailPoints.Committed, 1, "durable");
        var (_, doubled) = await FaultsAsync("durable");
        Assert.NotEmpty(doubled);
    }

    private Task KilledAfterAsync(int acknowledgements, string protections) => RunAsync("-", 0, protections, commands: int.MaxValue, killAfter: acknowledgements);

    private Task KilledAtAsync(string point, int hit, string protections) => RunAsync(point, hit, protections, commands: int.MaxValue, killAfter: int.MaxValue);

    private async Task RunAsync(string point, int hit, string protections, int commands, int killAfter)
    {
        string[] args = ["runtime-crash", _folder.Path, point, hit.ToString(CultureInfo.InvariantCulture), protections, commands.ToString(CultureInfo.InvariantCulture), .. _next.Select(static next => $"{next.Number}:{next.Id}")];
        using var child = ChildProgram.Start(args);
        var errors = child.StandardError.ReadToEndAsync();
        var before = _acknowledged;
        while (await child.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)) is { } line)
        {
            var words = line.Split(' ');
            var (client, number) = (int.Parse(words[1], CultureInfo.InvariantCulture), int.Parse(words[2], CultureInfo.InvariantCulture));
            _next[client] = words[0] is "S" ? (number, words[3]) : (number + 1, string.Empty);
            _acknowledged += words[0] is "A" ? 1 : 0;
            if (_acknowledged - before == killAfter)
            {
                child.Kill();
            }
        }

        await child.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.True(commands < int.MaxValue || _acknowledged > before || point is not "-", $"the child did nothing: {await errors}");
    }

    /// <summary>Lets the clients finish, then compares: every number of every client must be there once, in order.</summary>
    private async Task<(List<string> Lost, List<string> Doubled)> FaultsAsync(string protections = "dedupe durable")
    {
        var last = _next.Max(static next => next.Number) + 10;
        await RunAsync("-", 0, protections, last, killAfter: int.MaxValue);
        Assert.All(_next, next => Assert.Equal(last, next.Number));
        await using var bank = await Bank.OpenAsync(_folder.Path);
        await Eventually.True(async () => (await bank.System.Inspection.InboxesAsync()).Count == 0, "all inboxes are empty");
        var (lost, doubled) = (new List<string>(), new List<string>());
        foreach (var group in Enumerable.Range(0, CrashChild.Clients).SelectMany(client => Enumerable.Range(0, last).Select(number => (Account: CrashChild.AccountOf(client, number), Note: number.ToString(CultureInfo.InvariantCulture)))).GroupBy(static sent => sent.Account, StringComparer.Ordinal))
        {
            var notes = (await bank.BalanceAsync(group.Key)).Notes;
            lost.AddRange(group.Where(sent => !notes.Contains(sent.Note, StringComparer.Ordinal)).Select(static sent => $"{sent.Account} {sent.Note}"));
            doubled.AddRange(notes.GroupBy(static note => note, StringComparer.Ordinal).Where(static note => note.Count() > 1).Select(note => $"{group.Key} {note.Key}"));
            if (lost.Count + doubled.Count == 0)
            {
                Assert.Equal(group.Select(static sent => sent.Note), notes);
            }
        }

        return (lost, doubled);
    }
}
