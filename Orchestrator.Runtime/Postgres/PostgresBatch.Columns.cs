namespace Orchestrator.Runtime;

/// <content>What the statements unnest: rows as columns, since PostgreSQL takes arrays.</content>
internal sealed partial class PostgresBatch
{
    private sealed class Removals
    {
        private readonly HashSet<long> _known = [];

        public List<long> Ordering { get; } = [];

        public List<int> Index { get; } = [];

        public bool TryAdd(long ordering, int index)
        {
            Ordering.Add(ordering);
            Index.Add(index);
            return _known.Add(ordering);
        }
    }

    private sealed class Events
    {
        private readonly HashSet<(string Entity, long Number)> _known = [];

        public int Count => Entity.Count;

        public List<string> Entity { get; } = [];

        public List<long> Number { get; } = [];

        public List<string> Message { get; } = [];

        public List<string> Manifest { get; } = [];

        public List<int> Index { get; } = [];

        public bool TryAdd(string entity, long number, JournalEntry entry, int index)
        {
            Entity.Add(entity);
            Number.Add(number);
            Message.Add(Text(entry));
            Manifest.Add(entry.Manifest);
            Index.Add(index);
            return _known.Add((entity, number));
        }
    }

    private sealed class Processed
    {
        private readonly HashSet<(string Entity, string Id)> _known = [];

        public List<string> Entity { get; } = [];

        public List<string> Id { get; } = [];

        public List<long?> Event { get; } = [];

        public List<string> Manifest { get; } = [];

        public List<string> Reply { get; } = [];

        public List<int> Index { get; } = [];

        public bool TryAdd(string entity, CommandWrite command, int? lastEvent, int index)
        {
            Entity.Add(entity);
            Id.Add(command.Id.Value);
            Event.Add(lastEvent);
            Manifest.Add(command.Reply.Manifest);
            Reply.Add(Text(command.Reply));
            Index.Add(index);
            return _known.Add((entity, command.Id.Value));
        }
    }

    private sealed class Inbox
    {
        public List<int> Index { get; } = [];

        public List<short> Condition { get; } = [];

        public List<short> Shard { get; } = [];

        public List<string> Entity { get; } = [];

        public List<string?> Id { get; } = [];

        public List<string> Sender { get; } = [];

        public List<short> Dedupe { get; } = [];

        public List<string> Manifest { get; } = [];

        public List<string> Message { get; } = [];

        public List<(EntityId To, JournalEntry Entry, Command? Command)> Rows { get; } = [];

        public void Add(int index, InboxCondition condition, EntityId to, string? id, Sender sender, Dedupe dedupe, JournalEntry entry, Command? command)
        {
            Index.Add(index);
            Condition.Add((short)condition);
            Shard.Add((short)to.Shard);
            Entity.Add(to.ToString());
            Id.Add(id);
            Sender.Add(sender.Value);
            Dedupe.Add((short)dedupe);
            Manifest.Add(entry.Manifest);
            Message.Add(Text(entry));
            Rows.Add((to, entry, command));
        }
    }

    private sealed class Work
    {
        public List<string> Node { get; } = [];

        public List<string> Entity { get; } = [];

        public List<string> Manifest { get; } = [];

        public List<string> Message { get; } = [];

        public void Add(string entity, WorkerWrite work)
        {
            Node.Add(work.Node);
            Entity.Add(entity);
            Manifest.Add(work.Entry.Manifest);
            Message.Add(Text(work.Entry));
        }
    }

    private sealed class Letters
    {
        public List<string> Entity { get; } = [];

        public List<string> Id { get; } = [];

        public List<string> Sender { get; } = [];

        public List<string> Manifest { get; } = [];

        public List<string> Message { get; } = [];

        public List<string> Reason { get; } = [];

        public List<int> Attempts { get; } = [];

        public void Add(string entity, CommandWrite command, DeadLetterWrite letter)
        {
            Entity.Add(entity);
            Id.Add(command.Id.Value);
            Sender.Add(command.Sender.Value);
            Manifest.Add(letter.Entry.Manifest);
            Message.Add(Text(letter.Entry));
            Reason.Add(letter.Reason);
            Attempts.Add(letter.Attempts);
        }
    }
}
