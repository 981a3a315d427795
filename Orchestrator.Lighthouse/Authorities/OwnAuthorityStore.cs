using Orchestrator.Actors.Identity;
using Orchestrator.Runtime;

namespace Orchestrator.Lighthouse.Authorities;

/// <summary>The authority of a lighthouse on its own: entities, in the SQLite of its data folder.</summary>
internal sealed class OwnAuthorityStore(IActorSystem actors, TimeProvider time) : IAuthorityStore
{
    private static readonly Sender Self = new("lighthouse");
    private static readonly Sender Operator = new("client:operator");
    private static readonly Sender Joining = new("client:join");

    /// <inheritdoc/>
    public Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task<AuthorityKey> ReadAsync(CancellationToken cancellationToken) => (AuthorityKey)await actors.QueryAsync(Authority.Entity, new ReadAuthority(), cancellationToken);

    /// <inheritdoc/>
    public async Task<AuthorityKey> CreateAsync(string certificatePem, string encryptedKeyPem, CancellationToken cancellationToken)
    {
        await actors.AskAsync(Authority.Entity, new CreateAuthority(certificatePem, encryptedKeyPem), CommandId.New(time), Self, cancellationToken);
        return await ReadAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<DateTimeOffset> IssueTokenAsync(string hash, TimeSpan validity, string? node, CancellationToken cancellationToken)
    {
        var expires = actors.Clock.Now + validity;
        await actors.AskAsync(JoinToken.Entity(hash), new IssueJoinToken(expires, node), CommandId.New(time), Operator, cancellationToken);
        return expires;
    }

    /// <inheritdoc/>
    public async Task<Refused?> MayJoinAsync(string hash, string node, CancellationToken cancellationToken)
        => await actors.QueryAsync(JoinToken.Entity(hash), new MayJoin(node), cancellationToken) switch
        {
            Refused refused => refused,
            JoinAllowed allowed => await actors.QueryAsync(Authority.Entity, new MayVouch(node, allowed.Bound), cancellationToken) as Refused,
            var other => throw new InvalidOperationException($"a join token answered {other.GetType().Name}"),
        };

    /// <inheritdoc/>
    public async Task<Admission> AdmitAsync(string hash, string node, NodeCertificate certificate, CancellationToken cancellationToken)
    {
        var bound = await actors.QueryAsync(JoinToken.Entity(hash), new MayJoin(node), cancellationToken) is JoinAllowed { Bound: true };
        return (await actors.AskAsync(JoinToken.Entity(hash), new UseJoinToken(node), CommandId.New(time), Joining, cancellationToken)).Reply is Refused late
            ? new Admission(late)
            : new Admission(await RecordAsync(node, certificate, bound, cancellationToken));
    }

    /// <inheritdoc/>
    public Task<Refused?> RenewAsync(string node, string shown, NodeCertificate certificate, CancellationToken cancellationToken) => RecordAsync(node, certificate, renewal: true, cancellationToken);

    /// <inheritdoc/>
    public Task RecordOwnAsync(string name, NodeCertificate certificate, CancellationToken cancellationToken) => RecordAsync(name, certificate, renewal: true, cancellationToken);

    /// <inheritdoc/>
    public Task<Refused?> RevokeAsync(string node, string by, string reason, CancellationToken cancellationToken) => Task.FromResult<Refused?>(new Refused(
        RefusalCodes.IllegalState,
        "this lighthouse is on its own, so nobody would hear of it: revoking takes a lighthouse on the database of the cluster (orchestrator.store = postgres)"));

    private async Task<Refused?> RecordAsync(string node, NodeCertificate certificate, bool renewal, CancellationToken cancellationToken)
        => (await actors.AskAsync(Authority.Entity, new RecordCertificate(node, certificate, renewal), CommandId.New(time), Joining, cancellationToken)).Reply as Refused;
}
