using System.Text.Json;
using System.Text.Json.Serialization;

using Orchestrator.Client;

namespace Orchestrator.Lighthouse.Joining;

/// <summary>The root of trust.</summary>
/// <param name="CertificatePem">The root certificate.</param>
/// <param name="Fingerprint">Its SHA-256 in hexadecimal: to be compared with what the operator was told.</param>
internal sealed record AuthorityInfo(string CertificatePem, string Fingerprint);

/// <summary>A wish to join.</summary>
/// <param name="Token">A join token.</param>
/// <param name="Node">The node's name.</param>
/// <param name="Csr">A PKCS#10 certificate request in PEM; only its key counts.</param>
internal sealed record JoinRequest(string Token, string Node, string Csr);

/// <summary>What a node has joined with.</summary>
/// <param name="CertificatePem">Its certificate.</param>
/// <param name="AuthorityPem">The root certificate.</param>
/// <param name="NotAfter">Until when its certificate is valid.</param>
internal sealed record JoinInfo(string CertificatePem, string AuthorityPem, DateTimeOffset NotAfter);

/// <summary>A wish for a join token.</summary>
/// <param name="ValidSeconds">For how long.</param>
/// <param name="Node">The only node that it is for, which may then have joined before; null: any new one.</param>
internal sealed record JoinTokenRequest(double ValidSeconds, string? Node);

/// <summary>A join token, shown this once.</summary>
/// <param name="Token">The token.</param>
/// <param name="ExpiresAt">When it expires.</param>
/// <param name="Address">Where to join.</param>
/// <param name="Fingerprint">The SHA-256 of the root certificate.</param>
internal sealed record JoinTokenInfo(string Token, DateTimeOffset ExpiresAt, string Address, string Fingerprint);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(AuthorityInfo))]
[JsonSerializable(typeof(JoinRequest))]
[JsonSerializable(typeof(JoinInfo))]
[JsonSerializable(typeof(JoinTokenRequest))]
[JsonSerializable(typeof(JoinTokenInfo))]
[JsonSerializable(typeof(HealthInfo))]
[JsonSerializable(typeof(NodeAddress))]
[JsonSerializable(typeof(ProblemInfo))]
internal sealed partial class JoinJson : JsonSerializerContext;
