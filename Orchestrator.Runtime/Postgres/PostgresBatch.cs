using System.Globalization;
using System.Text;
using Npgsql;

namespace Orchestrator.Runtime;

/// <summary>
/// A batch as a handful of statements over arrays, sent together: one round trip and one transaction, however many writes there are. The fence is the first statement; the server
/// runs nothing after a statement that failed, and commits after the last.
/// </summary>
internal sealed partial class PostgresBatch
{
    private readonly IReadOnlyList<JournalWrite> _writes;
    private readonly PostgresFence _fence;
    private readonly string _writer;
    private readonly long _now;
    private readonly List<Action<NpgsqlDataReader>> _results = [];
    private readonly HashSet<int> _shards = [];
    private readonly Removals _gone = new();
    private readonly Events _events = new();
    private readonly Processed _processed = new();
    private readonly Dictionary<(string Entity, string Sender), long> _marks = [];
    private readonly Dictionary<(string Entity, string Name), (int Shard, ReminderWrite Write)> _reminders = [];
    private readonly Inbox _inbox = new();
    private readonly Dictionary<(string Entity, string Name, long Due), int> _firings = [];
    private readonly Dictionary<long, int> _completions = [];
    private readonly Work _work = new();
    private readonly Letters _letters = new();
    private readonly Dictionary<string, SnapshotWrite> _snapshots = new(StringComparer.Ordinal);
    private readonly int _index;

    public PostgresBatch(IReadOnlyList<JournalWrite> writes, PostgresFence fence, string writer, DateTimeOffset now)
    {
        (_writes, _fence, _writer, _now) = (writes, fence, writer, now.ToUnixTimeMilliseconds());
        for (_index = 0; _index < writes.Count; _index++)
        {
            Take(writes[_index]);
        }
    }

    /// <summary>The position of its last event; 0 if it has none.</summary>
    public long Position { get; private set; }

    /// <summary>Whether it stores worker commands.</summary>
    public bool HasWork => _work.Node.Count > 0;

    /// <summary>Whether it moves projections on, which runners of other nodes follow.</summary>
    public bool HasViews => _writes.Any(static write => write is ViewWrite);

    /// <summary>The shards of others whose inboxes have new rows.</summary>
    public HashSet<int> Told { get; } = [];

    /// <summary>What the database said the time was; null if it was not asked.</summary>
    public DateTimeOffset? Time { get; private set; }

    /// <summary>Sends everything, waits for the commit, and fills in what the writes hand back.</summary>
    public void Run(NpgsqlConnection connection)
    {
        using var batch = Build(connection);
        using var reader = batch.ExecuteReader();
        foreach (var result in _results)
        {
            result(reader);
            reader.NextResult();
        }
    }

    private void Take(JournalWrite write)
    {
        write.Stored = null;
        write.Position = 0;
        write.Applied = true;
        switch (write)
        {
            case TurnWrite turn: TakeTurn(turn); break;
            case InboxWrite inbox:
                inbox.Applied = false;
                _inbox.Add(_index, InboxCondition.None, inbox.To, inbox.Id.Value, inbox.Sender, Dedupe.Id, inbox.Entry, inbox.Command);
                break;
            case ReminderFiring firing: TakeFiring(firing); break;
            case WorkerCompletion completion: TakeCompletion(completion); break;
            case ShardRelease release:
                RequireOwned(release.Shard, release.Epoch);
                break;
            case ViewWrite or DeadLetterRemoval or ProcessedPurge or BeatWrite: break;
            default: throw new ArgumentException($"a {write.GetType().Name} cannot be stored", nameof(write));
        }
    }

    /// <summary>What was decided under another epoch than this node has now was decided on a state that may be old. The fence then makes sure that the epoch still stands.</summary>
    private void RequireOwned(int shard, long epoch)
    {
        if (!_fence.Epochs.TryGetValue(shard, out var held) || (epoch > 0 && epoch != held))
        {
            throw new WriteRejectedException(_index, RejectionReason.NotOwner);
        }

        _shards.Add(shard);
    }

    private void TakeTurn(TurnWrite turn)
    {
        var shard = turn.Entity.Shard;
        RequireOwned(shard, turn.Epoch);
        var version = turn.Version;
        foreach (var command in turn.Commands)
        {
            if (command.InboxRow > 0 && !_gone.TryAdd(command.InboxRow, _index))
            {
                throw new WriteRejectedException(_index, RejectionReason.Duplicate);
            }

            command.Position = 0;
            foreach (var e in command.Events)
            {
                if (!_events.TryAdd(turn.PersistenceId, ++version, e, _index))
                {
                    throw new WriteRejectedException(_index, RejectionReason.SequenceConflict);
                }
            }

            if (command.Dedupe is Dedupe.Id && !_processed.TryAdd(turn.PersistenceId, command, command.Events.Count > 0 ? _events.Count - 1 : null, _index))
            {
                throw new WriteRejectedException(_index, RejectionReason.Duplicate);
            }

            if (command is { Dedupe: Dedupe.Mark, InboxRow: > 0 })
            {
                _marks[(turn.PersistenceId, command.Sender.Value)] = command.InboxRow;
            }

            TakeEffects(turn, command, shard);
        }

        if (turn.Snapshot is { } snapshot)
        {
            _snapshots[turn.PersistenceId] = snapshot;
        }
    }

    private void TakeEffects(TurnWrite turn, CommandWrite command, int shard)
    {
        foreach (var message in command.Messages)
        {
            _inbox.Add(_index, InboxCondition.None, message.To, id: null, new Sender(turn.PersistenceId), Dedupe.Mark, message.Entry, message.Command);
        }

        foreach (var reminder in command.Reminders)
        {
            _reminders[(turn.PersistenceId, reminder.Name)] = (shard, reminder);
        }

        foreach (var work in command.WorkerCommands)
        {
            _work.Add(turn.PersistenceId, work);
        }

        if (command.DeadLetter is { } letter)
        {
            _letters.Add(turn.PersistenceId, command, letter);
        }
    }

    private void TakeFiring(ReminderFiring firing)
    {
        var (entity, name, due, entry) = firing.Reminder;
        firing.Applied = false;
        RequireOwned(entity.Shard, epoch: 0);
        if (_firings.TryAdd((entity.ToString(), name, due.ToUnixTimeMilliseconds()), _index))
        {
            _inbox.Add(_index, InboxCondition.Fired, entity, string.Create(CultureInfo.InvariantCulture, $"reminder/{name}/{due.UtcDateTime:O}"), Sender.Reminder, Dedupe.Row, entry, command: null);
        }
    }

    private void TakeCompletion(WorkerCompletion completion)
    {
        completion.Applied = false;
        if (_completions.TryAdd(completion.Id, _index) && completion.Entry is { } entry)
        {
            _inbox.Add(_index, InboxCondition.Completed, completion.From, string.Create(CultureInfo.InvariantCulture, $"worker/{completion.Id}"), completion.Sender, Dedupe.Row, entry, completion.Report);
        }
    }

    /// <summary>What an inbox row depends on.</summary>
    private enum InboxCondition : short
    {
        None = 0,
        Fired = 1,
        Completed = 2,
    }

    private static string Text(JournalEntry entry) => Encoding.UTF8.GetString(entry.Payload.Span);
}
