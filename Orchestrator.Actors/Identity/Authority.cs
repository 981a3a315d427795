using System.Collections.Immutable;
using System.Diagnostics;

using Orchestrator.Runtime;

namespace Orchestrator.Actors.Identity;

/// <summary>The certificate authority of a cluster, with the nodes that it has vouched for. The entity is <c>authority/root</c>.</summary>
public sealed record Authority
{
    /// <summary>The kind of entity.</summary>
    public const string Kind = "authority";

    /// <summary>The only one.</summary>
    public static readonly EntityId Entity = new(Kind, "root");

    /// <summary>The root certificate in PEM; null: not created yet.</summary>
    public string? CertificatePem { get; init; }

    /// <summary>Its private key: PKCS#8 in PEM, encrypted with a passphrase that is not stored.</summary>
    public string? EncryptedKeyPem { get; init; }

    /// <summary>The latest certificate of each node, by its name.</summary>
    public ImmutableSortedDictionary<string, NodeCertificate> Nodes { get; init; } = ImmutableSortedDictionary<string, NodeCertificate>.Empty;

    /// <summary>Whether a node of this name has a certificate that is valid at <paramref name="now"/>.</summary>
    public bool Vouches(string node, DateTimeOffset now) => Nodes.TryGetValue(node, out var certificate) && certificate.NotAfter > now;
}

/// <summary>A certificate that was issued to a node.</summary>
/// <param name="SerialNumber">In hexadecimal.</param>
/// <param name="Fingerprint">The SHA-256 of the certificate, in hexadecimal.</param>
/// <param name="NotAfter">Until when it is valid.</param>
public sealed record NodeCertificate(string SerialNumber, string Fingerprint, DateTimeOffset NotAfter);

/// <summary>Create the authority; refused if there is one.</summary>
public sealed record CreateAuthority(string CertificatePem, string EncryptedKeyPem) : Command;

/// <summary>Vouch for a node. Refused if a node of this name has a valid certificate, unless <paramref name="Renewal"/> says that its operator wants just that.</summary>
public sealed record RecordCertificate(string Node, NodeCertificate Certificate, bool Renewal) : Command;

/// <summary>It was created.</summary>
public sealed record AuthorityCreated(string CertificatePem, string EncryptedKeyPem, DateTimeOffset At) : Event;

/// <summary>A certificate was issued to a node.</summary>
public sealed record CertificateIssued(string Node, NodeCertificate Certificate, string By, DateTimeOffset At) : Event;

/// <summary>Ask for certificate and encrypted key.</summary>
public sealed record ReadAuthority : Query;

/// <summary>Ask whether a node of this name could be vouched for.</summary>
public sealed record MayVouch(string Node, bool Renewal) : Query;

/// <summary>Certificate and encrypted key; both null while there is none.</summary>
public sealed record AuthorityKey(string? CertificatePem, string? EncryptedKeyPem) : Reply;

/// <summary>The rules of the authority.</summary>
public sealed class AuthorityBehavior : Behavior<Authority>
{
    /// <inheritdoc/>
    public override Authority Empty(EntityId id) => new();

    /// <inheritdoc/>
    public override Effects Decide(Authority state, Command command, DecisionContext context) => command switch
    {
        CreateAuthority when state.CertificatePem is not null => Effects.Refuse(RefusalCodes.AlreadyExists, "there is an authority already"),
        CreateAuthority create => Effects.Persist(new AuthorityCreated(create.CertificatePem, create.EncryptedKeyPem, context.Now)),
        RecordCertificate record when Refusal(state, record.Node, record.Renewal, context.Now) is { } refused => Effects.Answer(refused),
        RecordCertificate record => Effects.Persist(new CertificateIssued(record.Node, record.Certificate, context.Sender.Value, context.Now)),
        _ => throw new UnreachableException($"the authority has no rule for {command.GetType().Name}"),
    };

    /// <inheritdoc/>
    public override Authority Apply(Authority state, Event e) => e switch
    {
        AuthorityCreated created => state with { CertificatePem = created.CertificatePem, EncryptedKeyPem = created.EncryptedKeyPem },
        CertificateIssued issued => state with { Nodes = state.Nodes.SetItem(issued.Node, issued.Certificate) },
        _ => throw new UnreachableException($"the authority has no rule for the event {e.GetType().Name}"),
    };

    /// <inheritdoc/>
    public override Reply Answer(Authority state, Query query, DateTimeOffset now) => query switch
    {
        ReadAuthority => new AuthorityKey(state.CertificatePem, state.EncryptedKeyPem),
        MayVouch may => Refusal(state, may.Node, may.Renewal, now) ?? (Reply)Done.Instance,
        _ => base.Answer(state, query, now),
    };

    /// <summary>Why a node of this name cannot be vouched for now; null if it can.</summary>
    public static Refused? Refusal(Authority state, string node, bool renewal, DateTimeOffset now) => state switch
    {
        { CertificatePem: null } => new Refused(RefusalCodes.IllegalState, "there is no authority yet"),
        _ when !renewal && state.Vouches(node, now) => new Refused(RefusalCodes.AlreadyExists, $"a node named {node} has joined already: choose another name, or make a join token for this node (--node {node})"),
        _ => null,
    };
}
