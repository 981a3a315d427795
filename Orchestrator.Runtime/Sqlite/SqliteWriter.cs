using System.Globalization;

namespace Orchestrator.Runtime;

/// <summary>Puts the writes of a batch into the one connection that writes. Used by one thread at a time.</summary>
internal sealed class SqliteWriter
{
    // So many events after the marks in them were last put into the table processed, it is done again.
    private const int EventsBetweenFilings = 512;

    private readonly SqliteDatabase _database;
    private readonly HashSet<(string Entity, string Command)> _unfiled = [];
    private readonly string _writer = Guid.NewGuid().ToString("N");
    private string _highestId;
    private long _position;
    private long _filed;
    private long _inbox;
    private long _now;
    private int _index;
    private bool _alone;

    public SqliteWriter(SqliteDatabase database)
    {
        _database = database;
        ReadCounters();

        // What the runtime makes starts with a small letter, so that this is the highest of clients.
        _highestId = _database.Scalar("SELECT coalesce(max(command_id), '') FROM processed WHERE command_id < 'a'")!;
        for (var mark = _database.Prepare("SELECT persistence_id, command_id FROM journal WHERE ordering > ? AND command_id IS NOT NULL").Bind(1, _filed); mark.Step();)
        {
            _unfiled.Add((mark.Text(0), mark.Text(1)));
        }
    }

    /// <summary>The position of the newest committed event.</summary>
    public long Committed { get; private set; }

    // What every command runs is at hand; what is bound to a statement stays bound.
    private Statement InsertEvent
        => field ??= _database.Prepare("INSERT INTO journal(ordering, created, persistence_id, sequence_number, message, manifest, writer_uuid) VALUES(?, ?, ?, ?, ?, ?, ?)").Bind(7, _writer);

    private Statement InsertMarkedEvent => field ??= _database.Prepare(
        "INSERT INTO journal(ordering, created, persistence_id, sequence_number, message, manifest, writer_uuid, command_id, reply_manifest, reply) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)").Bind(7, _writer);

    private Statement FindProcessed => field ??= _database.Prepare("SELECT 1 FROM processed WHERE command_id = ? AND persistence_id = ?");

    private Statement InsertProcessed => field ??= _database.Prepare("INSERT INTO processed VALUES(?, ?, ?, ?, ?, ?)");

    /// <summary>Commits the batch or nothing of it.</summary>
    public void Commit(IReadOnlyList<JournalWrite> batch, DateTimeOffset now)
    {
        _now = now.ToUnixTimeMilliseconds();
        var filed = _filed;
        _alone = batch is [TurnWrite { Commands.Count: 1 }];
        try
        {
            _database.Prepare("BEGIN IMMEDIATE").Run();
            for (_index = 0; _index < batch.Count; _index++)
            {
                Put(batch[_index]);
            }

            if (_position - _filed >= EventsBetweenFilings)
            {
                FileMarks();
            }

            _database.Prepare("COMMIT").Run();
            Committed = _position;
            NoteMarks(batch, hasFiled: _filed > filed);
        }
        catch
        {
            if (_database.InTransaction)
            {
                _database.Prepare("ROLLBACK").Run();
            }

            ReadCounters();
            throw;
        }
    }

    private void ReadCounters()
    {
        _position = Committed = long.Parse(_database.Scalar("SELECT coalesce(max(ordering), 0) FROM journal")!, CultureInfo.InvariantCulture);
        _filed = long.Parse(_database.Scalar("SELECT position FROM filed")!, CultureInfo.InvariantCulture);
        _inbox = long.Parse(_database.Scalar("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'inbox'), 0)")!, CultureInfo.InvariantCulture);
    }

    private void Put(JournalWrite write)
    {
        write.Stored = null;
        write.Position = 0;
        write.Applied = true;
        switch (write)
        {
            case TurnWrite turn: PutTurn(turn); break;
            case InboxWrite inbox: inbox.Applied = Store(inbox, inbox.To, inbox.Id, inbox.Sender, Dedupe.Id, inbox.Entry, inbox.Command); break;
            case ReminderFiring firing: PutFiring(firing); break;
            case WorkerCompletion completion: PutCompletion(completion); break;
            case ViewWrite view: PutView(view); break;
            case DeadLetterRemoval removal: PutRemoval(removal); break;
            case ProcessedPurge purge: PutPurge(purge); break;
            case BeatWrite beat: PutBeat(beat); break;
            default: throw new ArgumentException($"a {write.GetType().Name} cannot be stored", nameof(write));
        }
    }

    private void PutTurn(TurnWrite turn)
    {
        var version = turn.Version;
        foreach (var command in turn.Commands)
        {
            if (command.InboxRow > 0 && _database.Prepare("DELETE FROM inbox WHERE ordering = ?").Bind(1, command.InboxRow).Run() == 0)
            {
                throw new WriteRejectedException(_index, RejectionReason.Duplicate);
            }

            command.Position = 0;
            var marked = IsMarkedByEvent(command);
            for (var i = 0; i < command.Events.Count; i++)
            {
                PutEvent(turn.PersistenceId, ++version, command.Events[i], marked && i == command.Events.Count - 1 ? command : null);
                command.Position = turn.Position = _position;
            }

            if (command.Dedupe is Dedupe.Id)
            {
                PutProcessed(turn.PersistenceId, command, marked);
            }
            else if (command is { Dedupe: Dedupe.Mark, InboxRow: > 0 })
            {
                _database.Prepare("INSERT INTO marks VALUES(?, ?, ?) ON CONFLICT DO UPDATE SET number = excluded.number")
                    .Bind(1, turn.PersistenceId).Bind(2, command.Sender.Value).Bind(3, command.InboxRow).Run();
            }

            PutEffects(turn, command);
        }

        if (turn.Snapshot is { } snapshot)
        {
            _database.Prepare("DELETE FROM snapshot WHERE persistence_id = ?").Bind(1, turn.PersistenceId).Run();
            _database.Prepare("INSERT INTO snapshot(persistence_id, sequence_number, created, snapshot, manifest) VALUES(?, ?, ?, ?, ?)")
                .Bind(1, turn.PersistenceId).Bind(2, snapshot.Version).Bind(3, _now).Bind(4, snapshot.Entry.Payload.Span).Bind(5, snapshot.Entry.Manifest).Run();
        }
    }

    private void PutEvent(string persistenceId, long sequenceNumber, JournalEntry entry, CommandWrite? mark)
    {
        var insert = mark is null ? InsertEvent : InsertMarkedEvent.Bind(8, mark.Id.Value).Bind(9, mark.Reply.Manifest).Bind(10, mark.Reply.Payload.Span);
        try
        {
            insert.Bind(1, ++_position).Bind(2, _now).Bind(3, persistenceId).Bind(4, sequenceNumber).Bind(5, entry.Payload.Span).Bind(6, entry.Manifest).Run();
        }
        catch (SqliteFailure e) when (e.IsConstraint)
        {
            throw new WriteRejectedException(_index, RejectionReason.SequenceConflict);
        }
    }

    /// <summary>Whether the mark that the command is done stands in its last event until <see cref="FileMarks"/>. Commands that are committed together share the page of the table processed anyway.</summary>
    private bool IsMarkedByEvent(CommandWrite command) => _alone && command is { Dedupe: Dedupe.Id, Events.Count: > 0 };

    private void PutProcessed(string persistenceId, CommandWrite command, bool marked)
    {
        if (_unfiled.Contains((persistenceId, command.Id.Value)) || (marked && IsProcessed(persistenceId, command.Id)))
        {
            throw new WriteRejectedException(_index, RejectionReason.Duplicate);
        }

        if (marked)
        {
            return;
        }

        NoteHighest(command.Id.Value);
        try
        {
            InsertProcessed.Bind(1, command.Id.Value).Bind(2, persistenceId).Bind(3, _now).Bind(4, command.Position).Bind(5, command.Reply.Manifest).Bind(6, command.Reply.Payload.Span).Run();
        }
        catch (SqliteFailure e) when (e.IsConstraint)
        {
            throw new WriteRejectedException(_index, RejectionReason.Duplicate);
        }
    }

    private bool IsProcessed(string persistenceId, CommandId id)
    {
        // Ids of clients grow with the time, so that most of them need no look.
        if (IsOfClient(id.Value) && string.CompareOrdinal(id.Value, _highestId) > 0)
        {
            return false;
        }

        var found = FindProcessed.Bind(1, id.Value).Bind(2, persistenceId).Step();
        FindProcessed.Reset();
        return found;
    }

    private void NoteHighest(string id)
    {
        if (IsOfClient(id) && string.CompareOrdinal(id, _highestId) > 0)
        {
            _highestId = id;
        }
    }

    private static bool IsOfClient(string id) => !char.IsAsciiLetterLower(id[0]);

    /// <summary>Puts the marks that stand in events into the table, all at once.</summary>
    private void FileMarks()
    {
        _database.Prepare("INSERT INTO processed SELECT command_id, persistence_id, created, ordering, reply_manifest, reply FROM journal WHERE ordering > ? AND command_id IS NOT NULL").Bind(1, _filed).Run();
        _database.Prepare("UPDATE filed SET position = ?").Bind(1, _position).Run();
        _filed = _position;
    }

    private void NoteMarks(IReadOnlyList<JournalWrite> batch, bool hasFiled)
    {
        if (batch is [TurnWrite { Commands: [var command] } turn] && IsMarkedByEvent(command))
        {
            _unfiled.Add((turn.PersistenceId, command.Id.Value));
        }

        if (hasFiled)
        {
            foreach (var (_, filed) in _unfiled)
            {
                NoteHighest(filed);
            }

            _unfiled.Clear();
        }
    }

    private void PutEffects(TurnWrite turn, CommandWrite command)
    {
        foreach (var message in command.Messages)
        {
            Store(turn, message.To, new CommandId(string.Create(CultureInfo.InvariantCulture, $"{turn.PersistenceId}#{_inbox + 1}")), new Sender(turn.PersistenceId), Dedupe.Mark, message.Entry, message.Command);
        }

        foreach (var reminder in command.Reminders)
        {
            if (reminder.Entry is null)
            {
                _database.Prepare("DELETE FROM reminders WHERE persistence_id = ? AND name = ?").Bind(1, turn.PersistenceId).Bind(2, reminder.Name).Run();
            }
            else
            {
                _database.Prepare("INSERT OR REPLACE INTO reminders VALUES(?, ?, ?, ?, ?)")
                    .Bind(1, turn.PersistenceId).Bind(2, reminder.Name).Bind(3, reminder.Due.ToUnixTimeMilliseconds()).Bind(4, reminder.Entry.Manifest).Bind(5, reminder.Entry.Payload.Span).Run();
            }
        }

        foreach (var work in command.WorkerCommands)
        {
            _database.Prepare("INSERT INTO worker_commands(node, persistence_id, created, manifest, message) VALUES(?, ?, ?, ?, ?)")
                .Bind(1, work.Node).Bind(2, turn.PersistenceId).Bind(3, _now).Bind(4, work.Entry.Manifest).Bind(5, work.Entry.Payload.Span).Run();
        }

        if (command.DeadLetter is { } letter)
        {
            _database.Prepare("INSERT INTO dead_letters(persistence_id, command_id, sender, manifest, message, reason, attempts, created) VALUES(?, ?, ?, ?, ?, ?, ?, ?)")
                .Bind(1, turn.PersistenceId).Bind(2, command.Id.Value).Bind(3, command.Sender.Value).Bind(4, letter.Entry.Manifest)
                .Bind(5, letter.Entry.Payload.Span).Bind(6, letter.Reason).Bind(7, letter.Attempts).Bind(8, _now).Run();
        }
    }

    private bool Store(JournalWrite write, EntityId to, CommandId id, Sender sender, Dedupe dedupe, JournalEntry entry, Command? command)
    {
        var stored = _database.Prepare("INSERT INTO inbox VALUES(?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")
            .Bind(1, _inbox + 1).Bind(2, to.ToString()).Bind(3, id.Value).Bind(4, sender.Value).Bind(5, (long)dedupe).Bind(6, _now).Bind(7, entry.Manifest).Bind(8, entry.Payload.Span).Run() > 0;
        if (stored)
        {
            (write.Stored ??= []).Add(new InboxRow(++_inbox, to, id, sender, dedupe, DateTimeOffset.FromUnixTimeMilliseconds(_now), entry) { Command = command });
        }

        return stored;
    }

    private void PutFiring(ReminderFiring firing)
    {
        var (entity, name, due, entry) = firing.Reminder;
        firing.Applied = _database.Prepare("DELETE FROM reminders WHERE persistence_id = ? AND name = ? AND due = ?")
            .Bind(1, entity.ToString()).Bind(2, name).Bind(3, due.ToUnixTimeMilliseconds()).Run() > 0;
        if (firing.Applied)
        {
            Store(firing, entity, new CommandId(string.Create(CultureInfo.InvariantCulture, $"reminder/{name}/{due.UtcDateTime:O}")), Sender.Reminder, Dedupe.Row, entry, command: null);
        }
    }

    private void PutCompletion(WorkerCompletion completion)
    {
        completion.Applied = _database.Prepare("DELETE FROM worker_commands WHERE id = ?").Bind(1, completion.Id).Run() > 0;
        if (completion is { Applied: true, Entry: not null })
        {
            Store(completion, completion.From, new CommandId(string.Create(CultureInfo.InvariantCulture, $"worker/{completion.Id}")), completion.Sender, Dedupe.Row, completion.Entry, completion.Report);
        }
    }

    private void PutView(ViewWrite view)
    {
        if (view.Expected is { } expected)
        {
            var offset = _database.Prepare("SELECT version, position FROM offsets WHERE name = ?").Bind(1, view.View);
            var found = offset.Step() ? new ProjectionOffset((int)offset.Int64(0), offset.Int64(1)) : ProjectionOffset.None;
            offset.Reset();
            view.Applied = found == expected;
            if (!view.Applied)
            {
                return;
            }
        }

        if (view.Reset)
        {
            _database.Prepare("DELETE FROM views WHERE view = ?").Bind(1, view.View).Run();
        }

        foreach (var change in view.Changes)
        {
            if (change.Value is null)
            {
                _database.Prepare("DELETE FROM views WHERE view = ? AND key = ?").Bind(1, view.View).Bind(2, change.Key).Run();
            }
            else
            {
                _database.Prepare("INSERT INTO views VALUES(?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET partition = excluded.partition, value = excluded.value, position = excluded.position")
                    .Bind(1, view.View).Bind(2, change.Key).Bind(3, change.Partition).Bind(4, change.Value).Bind(5, change.Position).Run();
            }
        }

        _database.Prepare("INSERT INTO offsets VALUES(?, ?, ?) ON CONFLICT DO UPDATE SET version = excluded.version, position = excluded.position")
            .Bind(1, view.View).Bind(2, view.Offset.Version).Bind(3, view.Offset.Position).Run();
    }

    private void PutRemoval(DeadLetterRemoval removal)
    {
        if (removal.Resend)
        {
            var letter = _database.Prepare("SELECT persistence_id, sender, manifest, message FROM dead_letters WHERE id = ?").Bind(1, removal.Id);
            if (letter.Step())
            {
                var (to, sender, entry) = (EntityId.Parse(letter.Text(0)), new Sender(letter.Text(1)), JournalEntry.FromStore(letter.Text(2), letter.Bytes(3)));
                letter.Reset();
                Store(removal, to, new CommandId(string.Create(CultureInfo.InvariantCulture, $"dead-letter/{removal.Id}")), sender, Dedupe.Row, entry, command: null);
            }
        }

        removal.Applied = _database.Prepare("DELETE FROM dead_letters WHERE id = ?").Bind(1, removal.Id).Run() > 0;
    }

    private void PutPurge(ProcessedPurge purge)
    {
        FileMarks();

        // Ids of clients sort by the time that they carry, so this deletes from one end of the table; what the runtime made starts with a small letter.
        _database.Prepare("DELETE FROM processed WHERE command_id < ?").Bind(1, Ulid.Lowest(purge.Before)).Run();
        _database.Prepare("DELETE FROM processed WHERE command_id >= 'a' AND created < ?").Bind(1, purge.Before.ToUnixTimeMilliseconds()).Run();
    }

    private void PutBeat(BeatWrite beat)
    {
        _database.Prepare("INSERT INTO nodes VALUES(?, ?, ?, ?) ON CONFLICT DO UPDATE SET incarnation = excluded.incarnation, address = excluded.address, started = excluded.started WHERE incarnation <> excluded.incarnation")
            .Bind(1, beat.Node).Bind(2, beat.Incarnation.ToString("N")).Bind(3, beat.Address).Bind(4, _now).Run();
        _database.Prepare("INSERT INTO beats VALUES(?, 1, ?) ON CONFLICT DO UPDATE SET counter = counter + 1, at = excluded.at").Bind(1, beat.Node).Bind(2, _now).Run();
    }
}
