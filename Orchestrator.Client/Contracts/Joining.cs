namespace Orchestrator.Client;

/// <summary>The root of trust.</summary>
/// <param name="CertificatePem">The root certificate.</param>
/// <param name="Fingerprint">Its SHA-256 in hexadecimal: to be compared with what the operator was told.</param>
public sealed record AuthorityInfo(string CertificatePem, string Fingerprint);

/// <summary>A wish to join.</summary>
/// <param name="Token">A join token.</param>
/// <param name="Node">The node's name.</param>
/// <param name="Csr">A PKCS#10 certificate request in PEM; only its key counts.</param>
public sealed record JoinRequest(string Token, string Node, string Csr);

/// <summary>What a node has joined with.</summary>
/// <param name="CertificatePem">Its certificate.</param>
/// <param name="AuthorityPem">The root certificate.</param>
/// <param name="NotAfter">Until when its certificate is valid.</param>
public sealed record JoinInfo(string CertificatePem, string AuthorityPem, DateTimeOffset NotAfter);

/// <summary>A wish for a new certificate, of a node that shows its present one.</summary>
/// <param name="Csr">A PKCS#10 certificate request in PEM; only its key counts.</param>
public sealed record RenewRequest(string Csr);
