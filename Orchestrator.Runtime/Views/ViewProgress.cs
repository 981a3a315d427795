namespace Orchestrator.Runtime;

/// <summary>Says when a view has moved, and whether somebody waits for that.</summary>
internal sealed class ViewProgress
{
    private readonly Signal _moved = new();
    private readonly Signal _wanted = new();
    private int _waiting;

    /// <summary>Completes when a view moves next. Take it before looking.</summary>
    public Task Moved => _moved.Next;

    public void Move() => _moved.Raise();

    /// <summary>Somebody waits for views, until <see cref="Unwant"/>: none gathers meanwhile.</summary>
    public void Want()
    {
        Interlocked.Increment(ref _waiting);
        _wanted.Raise();
    }

    public void Unwant() => Interlocked.Decrement(ref _waiting);

    /// <summary>Completes after <paramref name="time"/>, or as soon as somebody waits for views.</summary>
    public async Task GatherAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        var wanted = _wanted.Next;
        if (Volatile.Read(ref _waiting) == 0)
        {
            await Task.WhenAny(wanted, Task.Delay(time, cancellationToken));
        }
    }
}
