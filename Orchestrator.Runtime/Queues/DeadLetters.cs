namespace Orchestrator.Runtime;

/// <inheritdoc/>
internal sealed class DeadLetters(EntityHost host) : IDeadLetters
{
    public async Task<IReadOnlyList<DeadLetter>> ListAsync(long after = 0, int limit = 100, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 1000);
        return await host.Journal.ReadDeadLettersAsync(after, limit, cancellationToken);
    }

    public Task<bool> ResendAsync(long id, CancellationToken cancellationToken = default) => RemoveAsync(id, resend: true, cancellationToken);

    public Task<bool> DropAsync(long id, CancellationToken cancellationToken = default) => RemoveAsync(id, resend: false, cancellationToken);

    private async Task<bool> RemoveAsync(long id, bool resend, CancellationToken cancellationToken)
    {
        if (await host.Journal.ReadDeadLettersAsync(id - 1, 1, cancellationToken) is not [var letter] || letter.Id != id)
        {
            return false;
        }

        var removal = new DeadLetterRemoval(id, letter.To, resend);
        (await host.Writer.SubmitAsync(removal).WaitAsync(cancellationToken)).Require();
        return removal.Applied;
    }
}
