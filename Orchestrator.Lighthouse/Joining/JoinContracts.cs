using System.Text.Json;
using System.Text.Json.Serialization;

using Orchestrator.Client;

namespace Orchestrator.Lighthouse.Joining;

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

/// <summary>A wish to revoke a node.</summary>
/// <param name="Node">Its name.</param>
/// <param name="Reason">Why.</param>
internal sealed record RevokeRequest(string Node, string Reason);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(AuthorityInfo))]
[JsonSerializable(typeof(JoinRequest))]
[JsonSerializable(typeof(JoinInfo))]
[JsonSerializable(typeof(RenewRequest))]
[JsonSerializable(typeof(JoinTokenRequest))]
[JsonSerializable(typeof(JoinTokenInfo))]
[JsonSerializable(typeof(RevokeRequest))]
[JsonSerializable(typeof(HealthInfo))]
[JsonSerializable(typeof(NodeAddress))]
[JsonSerializable(typeof(ProblemInfo))]
internal sealed partial class JoinJson : JsonSerializerContext;
