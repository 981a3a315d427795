namespace Orchestrator.Runtime;

/// <summary>The last few replies of an entity, so that a quick retry needs no look at the store.</summary>
internal sealed class RecentReplies
{
    private const int Capacity = 16;
    private readonly Dictionary<CommandId, Answer> _replies = [];
    private readonly Queue<CommandId> _order = [];

    public Answer? Find(CommandId id) => _replies.GetValueOrDefault(id);

    public void Add(CommandId id, Answer answer)
    {
        if (!_replies.TryAdd(id, answer))
        {
            return;
        }

        _order.Enqueue(id);
        if (_order.Count > Capacity)
        {
            _replies.Remove(_order.Dequeue());
        }
    }
}
