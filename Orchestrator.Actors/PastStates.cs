using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.CheckIns;
using Orchestrator.Actors.Conversations;
using Orchestrator.Actors.Gaps;
using Orchestrator.Actors.Messaging.Protocol;
using Orchestrator.Actors.Nodes;
using Orchestrator.Actors.Recovery;
using Orchestrator.Actors.Tasks;
using Orchestrator.Actors.Teams;
using Orchestrator.Runtime;

namespace Orchestrator.Actors;

/// <summary>The states that events add up to, at any point of the history: the same functions over the same events.</summary>
public sealed class PastStates
{
    private static readonly FrozenSet<string> Secrets = new[] { "secret", "seal" }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, IReplay> Kinds = new Dictionary<string, IReplay>(StringComparer.Ordinal)
    {
        [AgentName.Kind] = new Replay<Agent>(new AgentBehavior()),
        [TaskId.Kind] = new Replay<WorkTask>(new TaskBehavior()),
        [WorkQueue.Kind] = new Replay<WorkQueue>(new QueueBehavior()),
        [TeamName.Kind] = new Replay<Team>(new TeamBehavior()),
        [MergeRequest.Kind] = new Replay<MergeRequest>(new MergeBehavior()),
        [StoppedTalk.Kind] = new Replay<StoppedTalk>(new StoppedTalkBehavior()),
        [Conversation.EntityKind] = new Replay<Conversation>(new ConversationBehavior()),
        [Gap.EntityKind] = new Replay<Gap>(new GapBehavior()),
        [CheckInId.Kind] = new Replay<CheckIn>(new CheckInBehavior()),
        [AgentRecovery.Kind] = new Replay<AgentRecovery>(new RecoveryBehavior(RecoverySettings.Default)),
        [NodeRecord.Kind] = new Replay<NodeRecord>(new NodeBehavior()),
        [RouterState.Kind] = new Replay<RouterState>(new RouterBehavior()),
    }.ToFrozenDictionary();

    private readonly EntityId _entity;
    private readonly IReplay _replay;
    private object _state;

    private PastStates(EntityId entity, IReplay replay) => (_entity, _replay, _state) = (entity, replay, replay.Empty(entity));

    /// <summary>The kinds whose states can be shown.</summary>
    public static IEnumerable<string> Known => Kinds.Keys.Order(StringComparer.Ordinal);

    /// <summary>The state of <paramref name="entity"/> before its first event; null where its kind is not shown.</summary>
    public static PastStates? Of(EntityId entity) => Kinds.TryGetValue(entity.Kind, out var replay) ? new PastStates(entity, replay) : null;

    /// <summary>One event further.</summary>
    public void Apply(Event e) => _state = _replay.Apply(_state, e);

    /// <summary>The state as JSON, without what is secret.</summary>
    public JsonElement ToJson()
    {
        var node = JsonSerializer.SerializeToNode(_state, _state.GetType(), PayloadJson.Options) ?? throw new InvalidOperationException($"{_entity} has no state");
        Redact(node);
        return JsonSerializer.SerializeToElement(node);
    }

    private static void Redact(JsonNode? node)
    {
        if (node is JsonObject o)
        {
            foreach (var name in o.Select(static p => p.Key).ToList())
            {
                if (Secrets.Contains(name))
                {
                    o.Remove(name);
                }
                else
                {
                    Redact(o[name]);
                }
            }
        }
        else if (node is JsonArray array)
        {
            foreach (var item in array)
            {
                Redact(item);
            }
        }
    }

    private interface IReplay
    {
        object Empty(EntityId id);

        object Apply(object state, Event e);
    }

    private sealed class Replay<T>(Behavior<T> behavior) : IReplay
        where T : class
    {
        public object Empty(EntityId id) => behavior.Empty(id);

        public object Apply(object state, Event e) => behavior.Apply((T)state, e);
    }
}
