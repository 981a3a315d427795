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
[JsonSerializable(typeof(EventInfo))]
[JsonSerializable(typeof(ImmutableArray<EventInfo>))]
[JsonSerializable(typeof(NodeInfo))]
[JsonSerializable(typeof(NodeAddress))]
[JsonSerializable(typeof(ImmutableArray<DeadLetterInfo>))]
[JsonSerializable(typeof(ImmutableArray<ActorInfo>))]
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
[JsonSerializable(typeof(AddTaskRequest))]
[JsonSerializable(typeof(AssignTaskRequest))]
[JsonSerializable(typeof(StartTaskRequest))]
[JsonSerializable(typeof(TaskTextRequest))]
[JsonSerializable(typeof(CompleteTaskRequest))]
[JsonSerializable(typeof(ReviewTaskRequest))]
[JsonSerializable(typeof(QueueModeRequest))]
[JsonSerializable(typeof(TaskInfo))]
[JsonSerializable(typeof(ImmutableArray<TaskInfo>))]
[JsonSerializable(typeof(ImmutableArray<BoardColumnInfo>))]
[JsonSerializable(typeof(ImmutableArray<ExecutionInfo>))]
[JsonSerializable(typeof(ExecutionStatisticsInfo))]
[JsonSerializable(typeof(QueueInfo))]
[JsonSerializable(typeof(ImmutableArray<QueueInfo>))]
[JsonSerializable(typeof(GapInfo))]
[JsonSerializable(typeof(ImmutableArray<GapInfo>))]
[JsonSerializable(typeof(GapSummaryInfo))]
[JsonSerializable(typeof(CloseGapRequest))]
[JsonSerializable(typeof(CureRequest))]
[JsonSerializable(typeof(ExpectRequest))]
[JsonSerializable(typeof(ExpectationInfo))]
[JsonSerializable(typeof(AddCheckInRequest))]
[JsonSerializable(typeof(CheckInInfo))]
[JsonSerializable(typeof(ImmutableArray<CheckInInfo>))]
[JsonSerializable(typeof(RecoveryInfo))]
[JsonSerializable(typeof(ImmutableArray<RecoveryInfo>))]
[JsonSerializable(typeof(ProblemInfo))]
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
