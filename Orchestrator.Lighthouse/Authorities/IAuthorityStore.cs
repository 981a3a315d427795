using Orchestrator.Actors.Identity;
using Orchestrator.Client;
using Orchestrator.Lighthouse.Hosting;
using Orchestrator.Runtime;

namespace Orchestrator.Lighthouse.Authorities;

/// <summary>What an authority remembers: its key, the tokens that let nodes join, the certificates that it has given.</summary>
internal interface IAuthorityStore
{
    /// <summary>Opens the store.</summary>
    /// <exception cref="LighthouseException">It cannot be opened; says what to do.</exception>
    Task OpenAsync(CancellationToken cancellationToken);

    /// <summary>Certificate and encrypted key; both null while there is none.</summary>
    Task<AuthorityKey> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Keeps a new authority, unless there is one already; gives the one that there is.</summary>
    Task<AuthorityKey> CreateAsync(string certificatePem, string encryptedKeyPem, CancellationToken cancellationToken);

    /// <summary>Makes a join token.</summary>
    /// <returns>When it expires.</returns>
    Task<DateTimeOffset> IssueTokenAsync(string hash, TimeSpan validity, string? node, CancellationToken cancellationToken);

    /// <summary>Why the token of this hash does not let <paramref name="node"/> join now; null if it does. Nothing is used up.</summary>
    Task<Refused?> MayJoinAsync(string hash, string node, CancellationToken cancellationToken);

    /// <summary>Uses the token up and vouches for the node, or refuses.</summary>
    Task<Admission> AdmitAsync(string hash, string node, NodeCertificate certificate, CancellationToken cancellationToken);

    /// <summary>Vouches for the node, which has shown its certificate <paramref name="shown"/>, with another one; null, or why not.</summary>
    Task<Refused?> RenewAsync(string node, string shown, NodeCertificate certificate, CancellationToken cancellationToken);

    /// <summary>Remembers a certificate that a lighthouse has given to itself, so that its name is taken.</summary>
    Task RecordOwnAsync(string name, NodeCertificate certificate, CancellationToken cancellationToken);

    /// <summary>Takes from the node what it was given: null, or why not.</summary>
    Task<Refused?> RevokeAsync(string node, string by, string reason, CancellationToken cancellationToken);
}

/// <summary>Whether a node was let in.</summary>
/// <param name="Refused">Why not; null if it was.</param>
/// <param name="Database">How it reaches the database; null: its settings say so.</param>
internal sealed record Admission(Refused? Refused, DatabaseAccess? Database = null);
