namespace Orchestrator.Tests.Programs.Scenario;

/// <summary>Where in the work on a task something happens to a developer.</summary>
/// <param name="Task">The task, <c>parser</c> or <c>printer</c>.</param>
/// <param name="Redoing">Whether it happens while the task is done again, not while it is done first.</param>
/// <param name="Step">After how many results of tools, 1 to 6.</param>
internal sealed record FaultPoint(string Task, bool Redoing, int Step)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Task}{(Redoing ? " again" : "")}, step {Step}";
}

/// <summary>What one number makes of the scenario.</summary>
internal sealed record ScenarioSeed
{
    private const int Steps = 6;
    private const int LongestPause = 800;

    private ScenarioSeed(int number, bool faults)
    {
        var random = new Random(number);
        Number = number;
        First = random.Next(1, 3);
        Rejected = random.Next(2) == 0 ? "parser" : "printer";
        string[] tasks = random.Next(2) == 0 ? ["parser", "printer"] : ["printer", "parser"];
        var (kill, hang) = (Point(tasks[0]), Point(tasks[1]));
        KilledAfter = random.Next(2) == 0 ? null : TimeSpan.FromMilliseconds(random.Next(LongestPause));
        Kill = faults ? kill : null;
        Hang = faults ? hang : null;
        Thinking = TimeSpan.FromMilliseconds(random.Next(LongestPause));

        FaultPoint Point(string task) => new(task, task == Rejected && random.Next(2) == 0, random.Next(1, Steps + 1));
    }

    public int Number { get; }

    /// <summary>Which of the two developers has the first task.</summary>
    public int First { get; }

    /// <summary>The task that the reviewer sends back once.</summary>
    public string Rejected { get; }

    /// <summary>Where the developer of one of the tasks is killed.</summary>
    public FaultPoint? Kill { get; }

    /// <summary>Killed so long after it was told to use the next tool; null: while its model is thinking.</summary>
    public TimeSpan? KilledAfter { get; }

    /// <summary>Where the developer of the other task hangs: its model says nothing any more.</summary>
    public FaultPoint? Hang { get; }

    /// <summary>How long the model thinks at each step.</summary>
    public TimeSpan Thinking { get; }

    public static ScenarioSeed Of(int number) => new(number, faults: true);

    /// <summary>The same without a kill and a hang.</summary>
    public static ScenarioSeed WithoutFaults(int number) => new(number, faults: false);

    /// <summary>The developer of a task.</summary>
    public string Developer(string task) => $"shop-dev-{(task == "parser" ? First : 3 - First)}";

    /// <inheritdoc/>
    public override string ToString()
        => $"{Number}: {Developer("parser")} first, {Rejected} is rejected, killed: {Kill?.ToString() ?? "nobody"}{(Kill is null ? "" : KilledAfter is { } after ? $" {after.TotalMilliseconds:0} ms into a tool" : " while thinking")}, hangs: {Hang?.ToString() ?? "nobody"}";
}
