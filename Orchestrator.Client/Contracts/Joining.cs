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
/// <param name="Database">How it reaches the database of the cluster; null: its settings have to say so, or nothing has changed since it joined.</param>
public sealed record JoinInfo(string CertificatePem, string AuthorityPem, DateTimeOffset NotAfter, DatabaseAccess? Database = null);

/// <summary>How a node reaches the database of its cluster, in a role of its own.</summary>
/// <param name="Connection">Host, port, database and what else of it is not secret, as Npgsql reads it.</param>
/// <param name="User">The name of the role.</param>
/// <param name="Password">Its password.</param>
public sealed record DatabaseAccess(string Connection, string User, string Password);

/// <summary>A wish for a new certificate, of a node that shows its present one.</summary>
/// <param name="Csr">A PKCS#10 certificate request in PEM; only its key counts.</param>
public sealed record RenewRequest(string Csr);
