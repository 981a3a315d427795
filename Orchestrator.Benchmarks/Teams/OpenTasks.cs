namespace Orchestrator.Benchmarks.Teams;

/// <summary>Tasks that were begun and are waited for at the end; those that have ended well are let go of in between.</summary>
internal sealed class OpenTasks
{
    private const int Most = 2_000;
    private readonly List<Task> _tasks = [];

    public void Add(Task task)
    {
        _tasks.Add(task);
        if (_tasks.Count > Most)
        {
            _tasks.RemoveAll(static t => t.IsCompletedSuccessfully);
        }
    }

    /// <summary>Ends when all have; fails if one has.</summary>
    public Task AllAsync() => Task.WhenAll(_tasks);
}
