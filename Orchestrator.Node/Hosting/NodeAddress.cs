namespace Orchestrator.Node.Hosting;

/// <summary>Where this node answers: known once its API listens, and waited for until then.</summary>
/// <param name="file">The file that says so to programs of this machine, for as long as the node runs.</param>
internal sealed class NodeAddress(string file)
{
    private readonly TaskCompletionSource<string> _known = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The file that says where the node answers now.</summary>
    public string File => file;

    /// <summary>It listens.</summary>
    public void Set(string address) => _known.TrySetResult(address);

    /// <summary>The address, for example <c>http://127.0.0.1:7717</c>.</summary>
    public Task<string> WaitAsync(CancellationToken cancellation) => _known.Task.WaitAsync(cancellation);
}
