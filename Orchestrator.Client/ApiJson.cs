using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestrator.Client;

/// <summary>How every body of the API is written and read: camel case, nulls written (so that a shape never changes), text beyond ASCII as it is. Made at build time, without reflection.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(AgentInfo))]
[JsonSerializable(typeof(ImmutableArray<AgentInfo>))]
[JsonSerializable(typeof(SpawnRequest))]
[JsonSerializable(typeof(UpdateAgentRequest))]
[JsonSerializable(typeof(CleanUpRequest))]
[JsonSerializable(typeof(ImmutableArray<CleanUpInfo>))]
[JsonSerializable(typeof(QuotaInfo))]
[JsonSerializable(typeof(ImmutableArray<QuotaInfo>))]
[JsonSerializable(typeof(RoleInfo))]
[JsonSerializable(typeof(ImmutableArray<RoleInfo>))]
[JsonSerializable(typeof(TransitionRequest))]
[JsonSerializable(typeof(AdoptRequest))]
[JsonSerializable(typeof(ApproveRequest))]
[JsonSerializable(typeof(RejectRequest))]
[JsonSerializable(typeof(AnswerRequest))]
[JsonSerializable(typeof(ImmutableArray<PolicyInfo>))]
[JsonSerializable(typeof(OutputInfo))]
[JsonSerializable(typeof(ExplainInfo))]
[JsonSerializable(typeof(SendRequest))]
[JsonSerializable(typeof(MessageInfo))]
[JsonSerializable(typeof(ImmutableArray<MessageInfo>))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(ImmutableArray<MessageTypeInfo>))]
[JsonSerializable(typeof(DispatchRequest))]
[JsonSerializable(typeof(DispatchInfo))]
[JsonSerializable(typeof(ImmutableArray<DispatchInfo>))]
[JsonSerializable(typeof(RouteRequest))]
[JsonSerializable(typeof(RouteInfo))]
[JsonSerializable(typeof(ImmutableArray<RouteInfo>))]
[JsonSerializable(typeof(ImmutableArray<ViolationInfo>))]
[JsonSerializable(typeof(MessageStatisticsInfo))]
[JsonSerializable(typeof(StartConversationRequest))]
[JsonSerializable(typeof(SayRequest))]
[JsonSerializable(typeof(ParticipantRequest))]
[JsonSerializable(typeof(ReadRequest))]
[JsonSerializable(typeof(SummaryRequest))]
[JsonSerializable(typeof(EndConversationRequest))]
[JsonSerializable(typeof(ConversationInfo))]
[JsonSerializable(typeof(ImmutableArray<ConversationInfo>))]
[JsonSerializable(typeof(SaidInfo))]
[JsonSerializable(typeof(ImmutableArray<SaidInfo>))]
[JsonSerializable(typeof(ConversationContextInfo))]
[JsonSerializable(typeof(ConversationExportInfo))]
[JsonSerializable(typeof(EventInfo))]
[JsonSerializable(typeof(ImmutableArray<EventInfo>))]
[JsonSerializable(typeof(NodeInfo))]
[JsonSerializable(typeof(NodeAddress))]
[JsonSerializable(typeof(ClusterNodeInfo))]
[JsonSerializable(typeof(ImmutableArray<ClusterNodeInfo>))]
[JsonSerializable(typeof(ImmutableArray<DeadLetterInfo>))]
[JsonSerializable(typeof(ActorsInfo))]
[JsonSerializable(typeof(ClusterInfo))]
[JsonSerializable(typeof(ClusterMemberInfo))]
[JsonSerializable(typeof(ShardInfo))]
[JsonSerializable(typeof(ImmutableArray<ShardInfo>))]
[JsonSerializable(typeof(MarkedDownInfo))]
[JsonSerializable(typeof(RegionsInfo))]
[JsonSerializable(typeof(RegionStatsInfo))]
[JsonSerializable(typeof(EntityInfo))]
[JsonSerializable(typeof(ImmutableArray<ManifestInfo>))]
[JsonSerializable(typeof(AskRequest))]
[JsonSerializable(typeof(AskInfo))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(LogLineInfo))]
[JsonSerializable(typeof(LogInfo))]
[JsonSerializable(typeof(ImmutableArray<InboxRowInfo>))]
[JsonSerializable(typeof(ImmutableArray<ProfileInfo>))]
[JsonSerializable(typeof(ImmutableArray<SettingInfo>))]
[JsonSerializable(typeof(ImmutableArray<LocalProfileInfo>))]
[JsonSerializable(typeof(ProfileDocumentInfo))]
[JsonSerializable(typeof(ImmutableArray<ProfileCheckInfo>))]
[JsonSerializable(typeof(ImmutableArray<ScreenTestInfo>))]
[JsonSerializable(typeof(ImmutableArray<DoctorCheck>))]
[JsonSerializable(typeof(SetupRequest))]
[JsonSerializable(typeof(TokenInfo))]
[JsonSerializable(typeof(Login))]
[JsonSerializable(typeof(HealthInfo))]
[JsonSerializable(typeof(ProblemInfo))]
[JsonSerializable(typeof(AuthorityInfo))]
[JsonSerializable(typeof(JoinRequest))]
[JsonSerializable(typeof(JoinInfo))]
[JsonSerializable(typeof(RenewRequest))]
public sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>One line, as on the wire.</summary>
    public static ApiJson Wire { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>Indented, for people.</summary>
    public static ApiJson Readable => Lazy.Indented;

    private static class Lazy
    {
        internal static readonly ApiJson Indented = new(new JsonSerializerOptions(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true });
    }
}
