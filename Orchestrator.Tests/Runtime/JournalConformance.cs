using System.Text;
using Orchestrator.Runtime;

namespace Orchestrator.Tests.Runtime;

/// <summary>What every store must do. A store's test class derives from this one and opens the store; two stores opened one after the other over the same place see the same data.</summary>
public abstract class JournalConformance
{
    private protected static readonly EntityId Alice = new("agent", "alice");
    private protected static readonly EntityId Bob = new("agent", "bob");
    private protected static readonly EntityId Task1 = new("task", "1");
    private static readonly Sender Client = new("client:test");

    /// <summary>Opens the store over the test's one place. The test disposes it.</summary>
    protected abstract Task<IJournal> OpenAsync();

    [Fact]
    public async Task Events_are_read_as_they_were_written_and_in_their_order()
    {
        await using var journal = await OpenAsync();
        await journal.CommitAsync([Turn(Alice, 0, Command("a1", "e1", "e2")), Turn(Task1, 0, Command("t1", "e3"))]);
        await journal.CommitAsync([Turn(Alice, 2, Command("a2", "e4"))]);

        var all = await journal.ReadEventsAsync(JournalPosition.Start, EventFilter.All, 100);
        Assert.Equal(["e1", "e2", "e3", "e4"], all.Select(NoteOf));
        Assert.Equal(all.Select(static row => row.Position).Order().Distinct(), all.Select(static row => row.Position));
        Assert.Equal([1L, 2, 1, 3], all.Select(static row => row.SequenceNumber));
        Assert.Equal(all[^1].Position, (await journal.ReadHeadAsync()).Value);
        Assert.Equal(["e3", "e4"], (await journal.ReadEventsAsync(new JournalPosition(all[1].Position), EventFilter.All, 100)).Select(NoteOf));
        Assert.Equal(["e1"], (await journal.ReadEventsAsync(JournalPosition.Start, EventFilter.All, 1)).Select(NoteOf));
        Assert.Equal(["e3"], (await journal.ReadEventsAsync(JournalPosition.Start, new EventFilter(Kind: "task"), 100)).Select(NoteOf));
        Assert.Equal(["e1", "e2", "e4"], (await journal.ReadEventsAsync(JournalPosition.Start, new EventFilter(Entity: Alice), 100)).Select(NoteOf));
    }

    [Fact]
    public async Task The_last_events_are_read_from_the_end_and_come_in_their_order()
    {
        await using var journal = await OpenAsync();
        await journal.CommitAsync([Turn(Alice, 0, Command("a1", "e1", "e2")), Turn(Task1, 0, Command("t1", "e3"))]);
        await journal.CommitAsync([Turn(Alice, 2, Command("a2", "e4"))]);

        var last = await journal.ReadLastEventsAsync(JournalPosition.End, EventFilter.All, 2);
        Assert.Equal(["e3", "e4"], last.Select(NoteOf));
        Assert.Equal(["e1", "e2"], (await journal.ReadLastEventsAsync(new JournalPosition(last[0].Position), EventFilter.All, 2)).Select(NoteOf));
        Assert.Equal(["e2", "e4"], (await journal.ReadLastEventsAsync(JournalPosition.End, new EventFilter(Entity: Alice), 2)).Select(NoteOf));
        Assert.Equal(["e1", "e2"], (await journal.ReadLastEventsAsync(new JournalPosition(last[1].Position), new EventFilter(Entity: Alice), 10)).Select(NoteOf));
        Assert.Equal(["e3"], (await journal.ReadLastEventsAsync(JournalPosition.End, new EventFilter(Kind: "task"), 10)).Select(NoteOf));
        Assert.Empty(await journal.ReadLastEventsAsync(JournalPosition.Start, EventFilter.All, 10));
    }

    [Fact]
    public async Task An_entity_is_read_from_its_newest_snapshot_of_the_right_shape()
    {
        await using var journal = await OpenAsync();
        var turn = Turn(Alice, 0, Command("a1", "e1", "e2"));
        turn.Snapshot = new SnapshotWrite(2, Entry("state.v1", "s2"));
        await journal.CommitAsync([turn]);
        await journal.CommitAsync([Turn(Alice, 2, Command("a2", "e3"))]);

        var history = await journal.ReadEntityAsync(Alice, "state.v1", 100);
        Assert.Equal((2L, "s2"), (history.SnapshotVersion, NoteOf(history.Snapshot!)));
        Assert.Equal(["e3"], history.Events.Select(NoteOf));
        history = await journal.ReadEntityAsync(Alice, "state.v2", 2);
        Assert.Null(history.Snapshot);
        Assert.Equal(["e1", "e2"], history.Events.Select(NoteOf));
        Assert.Equal(["e3"], (await journal.ReadEntityEventsAsync(Alice, 2, 2)).Select(NoteOf));
        Assert.Empty((await journal.ReadEntityAsync(Bob, "state.v1", 100)).Events);
    }

    [Fact]
    public async Task A_batch_commits_as_a_whole_or_not_at_all()
    {
        await using var journal = await OpenAsync();
        await journal.CommitAsync([Turn(Alice, 0, Command("a1", "e1"))]);

        var conflict = await Assert.ThrowsAsync<WriteRejectedException>(async () => await journal.CommitAsync([Turn(Bob, 0, Command("b1", "x")), Turn(Alice, 0, Command("a2", "x"))]));
        Assert.Equal((1, RejectionReason.SequenceConflict), (conflict.Index, conflict.Reason));
        var duplicate = await Assert.ThrowsAsync<WriteRejectedException>(async () => await journal.CommitAsync([Turn(Bob, 0, Command("b1", "x")), Turn(Alice, 1, Command("a1", "x"))]));
        Assert.Equal((1, RejectionReason.Duplicate), (duplicate.Index, duplicate.Reason));
        Assert.Equal(["e1"], (await journal.ReadEventsAsync(JournalPosition.Start, EventFilter.All, 100)).Select(NoteOf));
        Assert.Empty(await journal.FindProcessedAsync(Bob, [new CommandId("b1")]));

        await journal.CommitAsync([Turn(Bob, 0, Command("b1", "e2"))]);
        Assert.Equal(["e1", "e2"], (await journal.ReadEventsAsync(JournalPosition.Start, EventFilter.All, 100)).Select(NoteOf));
    }

    [Fact]
    public async Task The_reply_of_a_processed_command_is_found_again()
    {
        await using var journal = await OpenAsync();
        var turn = Turn(Alice, 0, Command("a1", "e1"), Command("a2"), Command("a3", "e2", "e3"));
        await journal.CommitAsync([turn]);
        var found = await journal.FindProcessedAsync(Alice, [new CommandId("a1"), new CommandId("a2"), new CommandId("a3"), new CommandId("unknown")]);
        Assert.Equal(["a1", "a2", "a3"], found.Select(static row => row.Id.Value));
        Assert.Equal(turn.Commands.Select(static command => command.Position), found.Select(static row => row.Position));
        Assert.Equal(0, found[1].Position);
        Assert.Equal(["r a1", "r a2", "r a3"], found.Select(static row => NoteOf(row.Reply)));
        Assert.Empty(await journal.FindProcessedAsync(Bob, [new CommandId("a1")]));
    }

    [Fact]
    public async Task Processed_ids_are_forgotten_once_they_are_too_old_to_be_taken()
    {
        await using var journal = await OpenAsync();
        var now = journal.Clock.Now;
        var (old, young) = (Ulid.New(now.AddDays(-9)), Ulid.New(now.AddDays(-6)));
        await journal.CommitAsync([Turn(Alice, 0, Command(old), Command(young), Command("worker/n1/1"))]);
        await journal.CommitAsync([new ProcessedPurge(now.AddDays(-7))]);
        var found = await journal.FindProcessedAsync(Alice, [new CommandId(old), new CommandId(young), new CommandId("worker/n1/1")]);
        Assert.Equal([young, "worker/n1/1"], found.Select(static row => row.Id.Value));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(700)]
    public async Task A_command_that_was_committed_alone_is_known_for_good(int others)
    {
        var positions = new List<long>();
        await using (var journal = await OpenAsync())
        {
            for (var i = 0; i <= others; i++)
            {
                var turn = Turn(Alice, i, Command($"a{i}", $"e{i}"));
                await journal.CommitAsync([turn]);
                positions.Add(turn.Position);
            }

            await KnowsAllAsync(journal);
        }

        await using var again = await OpenAsync();
        await KnowsAllAsync(again);

        async Task KnowsAllAsync(IJournal journal)
        {
            var ids = Enumerable.Range(0, others + 1).Select(static i => new CommandId($"a{i}")).ToList();
            var found = await journal.FindProcessedAsync(Alice, ids);
            Assert.Equal(ids, found.Select(static row => row.Id));
            Assert.Equal(positions, found.Select(static row => row.Position));
            Assert.Equal(ids.Select(static id => $"r {id}"), found.Select(static row => NoteOf(row.Reply)));
            Assert.Empty(await journal.FindProcessedAsync(Bob, ids));
            foreach (var i in new[] { 0, others })
            {
                var alone = Turn(Alice, others + 1, Command($"a{i}", "again"));
                Assert.Equal(RejectionReason.Duplicate, (await Assert.ThrowsAsync<WriteRejectedException>(async () => await journal.CommitAsync([alone]))).Reason);
                Assert.True(await journal.WasCommittedAsync(alone));
                var together = await Assert.ThrowsAsync<WriteRejectedException>(async () => await journal.CommitAsync([Turn(Bob, 0, Command("b", "x")), Turn(Alice, others + 1, Command($"a{i}"))]));
                Assert.Equal((1, RejectionReason.Duplicate), (together.Index, together.Reason));
            }

            Assert.Equal(others + 1, (await journal.ReadEntityEventsAsync(Alice, 0, 10_000)).Count);
        }
    }

    [Fact]
    public async Task Ids_of_commands_that_were_committed_alone_are_forgotten_in_time_too()
    {
        await using var journal = await OpenAsync();
        var now = journal.Clock.Now;
        var (old, young) = (Ulid.New(now.AddDays(-9)), Ulid.New(now.AddDays(-6)));
        await journal.CommitAsync([Turn(Alice, 0, Command(old, "e1"))]);
        await journal.CommitAsync([Turn(Alice, 1, Command(young, "e2"))]);
        await journal.CommitAsync([new ProcessedPurge(now.AddDays(-7))]);
        Assert.Equal([young], (await journal.FindProcessedAsync(Alice, [new CommandId(old), new CommandId(young)])).Select(static row => row.Id.Value));
        Assert.Equal(RejectionReason.Duplicate, (await Assert.ThrowsAsync<WriteRejectedException>(async () => await journal.CommitAsync([Turn(Alice, 2, Command(young, "again"))]))).Reason);
    }

    [Fact]
    public async Task Ids_are_forgotten_together_with_a_large_turn_and_what_was_committed_alone_before_it_stays_known()
    {
        const int Many = 600;
        await using var journal = await OpenAsync();
        await journal.CommitAsync([Turn(Alice, 0, Command("a1", "e1"))]);
        await journal.CommitAsync([new ProcessedPurge(journal.Clock.Now.AddDays(-7)), Turn(Bob, 0, [.. Enumerable.Range(0, Many).Select(static i => Command($"b{i}", $"e{i}"))])]);
        Assert.Single(await journal.FindProcessedAsync(Alice, [new CommandId("a1")]));
        Assert.Equal(Many, (await journal.FindProcessedAsync(Bob, [.. Enumerable.Range(0, Many).Select(static i => new CommandId($"b{i}"))])).Count);
    }

    [Fact]
    public async Task An_inbox_keeps_order_takes_an_id_once_and_loses_a_row_with_its_effects()
    {
        await using var journal = await OpenAsync();
        var writes = new[] { Inbox(Alice, "c1"), Inbox(Alice, "c2"), Inbox(Bob, "c1"), Inbox(Alice, "c1") };
        await journal.CommitAsync(writes);
        Assert.Equal([true, true, true, false], writes.Select(static write => write.Applied));
        Assert.Null(writes[3].Stored);
        var rows = await journal.ReadInboxAsync(Alice, 0, 100);
        Assert.Equal(["c1", "c2"], rows.Select(static row => row.Id.Value));
        Assert.Equal(writes[0].Stored![0].Ordering, rows[0].Ordering);
        Assert.Equal(("c1", Client, Dedupe.Id), (NoteOf(rows[0].Entry), rows[0].Sender, rows[0].Dedupe));
        Assert.Equal(["c2"], (await journal.ReadInboxAsync(Alice, rows[0].Ordering, 100)).Select(static row => row.Id.Value));
        Assert.Equal([(Alice, 2L), (Bob, 1L)], (await journal.ReadInboxesAsync()).OrderBy(static inbox => inbox.Entity.Id, StringComparer.Ordinal).Select(static inbox => (inbox.Entity, inbox.Count)));

        await journal.CommitAsync([Turn(Alice, 0, Command("c1", rows[0].Ordering, "e1"))]);
        Assert.Equal(["c2"], (await journal.ReadInboxAsync(Alice, 0, 100)).Select(static row => row.Id.Value));
        await Assert.ThrowsAsync<WriteRejectedException>(async () => await journal.CommitAsync([Turn(Alice, 1, Command("c1", rows[1].Ordering, "again"))]));
        Assert.Single(await journal.ReadInboxAsync(Alice, 0, 100));

        var gone = new TurnWrite(Alice, Alice.ToString(), 1);
        gone.Commands.Add(new CommandWrite { Id = rows[0].Id, Sender = Client, Dedupe = Dedupe.Row, InboxRow = rows[0].Ordering, Reply = Entry("note.v1", "r"), Events = [Entry("note.v1", "again")] });
        Assert.Equal(RejectionReason.Duplicate, (await Assert.ThrowsAsync<WriteRejectedException>(async () => await journal.CommitAsync([gone]))).Reason);
    }

    [Fact]
    public async Task Numbers_of_inbox_rows_are_never_used_twice()
    {
        long last;
        await using (var journal = await OpenAsync())
        {
            var write = Inbox(Alice, "c1");
            await journal.CommitAsync([write]);
            last = write.Stored![0].Ordering;
            await journal.CommitAsync([Turn(Alice, 0, Command("c1", last))]);
        }

        await using var again = await OpenAsync();
        var next = Inbox(Alice, "c2");
        await again.CommitAsync([next]);
        Assert.True(next.Stored![0].Ordering > last);
    }

    [Fact]
    public async Task A_message_is_stored_with_the_events_that_sent_it_and_marked_when_it_is_processed()
    {
        await using var journal = await OpenAsync();
        var turn = Turn(Alice, 0, Command("a1", ["e1"], messages: [new MessageWrite(Bob, new Deposit(1, "hello"), Entry("note.v1", "hello")), new MessageWrite(Task1, new Deposit(1, "go"), Entry("note.v1", "go"))]));
        await journal.CommitAsync([turn]);
        var row = Assert.Single(await journal.ReadInboxAsync(Bob, 0, 100));
        Assert.Equal(("hello", Sender.Entity(Alice), Dedupe.Mark), (NoteOf(row.Entry), row.Sender, row.Dedupe));
        Assert.Equal($"agent/alice#{row.Ordering}", row.Id.Value);
        Assert.Equal([Bob, Task1], turn.Stored!.Select(static stored => stored.To));
        Assert.Equal(row.Ordering, turn.Stored![0].Ordering);

        var processing = new TurnWrite(Bob, Bob.ToString(), 0);
        processing.Commands.Add(new CommandWrite { Id = row.Id, Sender = row.Sender, Dedupe = Dedupe.Mark, InboxRow = row.Ordering, Reply = Entry("note.v1", "r") });
        await journal.CommitAsync([processing]);
        Assert.Equal(row.Ordering, (await journal.ReadEntityAsync(Bob, "state.v1", 100)).Marks!["agent/alice"]);
        Assert.Empty(await journal.ReadInboxAsync(Bob, 0, 100));
    }

    [Fact]
    public async Task A_reminder_fires_once_and_only_at_the_time_it_is_set_to()
    {
        await using var journal = await OpenAsync();
        var due = DateTimeOffset.FromUnixTimeMilliseconds(journal.Clock.Now.AddMinutes(1).ToUnixTimeMilliseconds());
        await journal.CommitAsync([Turn(Alice, 0, Command("a1", [], reminders: [new ReminderWrite("tea", due, Entry("note.v1", "tea")), new ReminderWrite("nap", due.AddHours(1), Entry("note.v1", "nap"))]))]);
        await journal.CommitAsync([Turn(Alice, 0, Command("a2", [], reminders: [new ReminderWrite("tea", due.AddMinutes(1), Entry("note.v1", "more tea")), new ReminderWrite("none", default, Entry: null)]))]);
        var reminders = await journal.ReadRemindersAsync(100);
        Assert.Equal([("tea", due.AddMinutes(1)), ("nap", due.AddHours(1))], reminders.Select(static reminder => (reminder.Name, reminder.Due)));

        var moved = new ReminderFiring(new ReminderRow(Alice, "tea", due, Entry("note.v1", "tea")));
        var firing = new ReminderFiring(reminders[0]);
        var twice = new ReminderFiring(reminders[0]);
        await journal.CommitAsync([moved, firing, twice]);
        Assert.Equal([false, true, false], new[] { moved, firing, twice }.Select(static write => write.Applied));
        var row = Assert.Single(await journal.ReadInboxAsync(Alice, 0, 100));
        Assert.Equal(("more tea", Sender.Reminder), (NoteOf(row.Entry), row.Sender));
        Assert.StartsWith("reminder/tea/", row.Id.Value, StringComparison.Ordinal);

        await journal.CommitAsync([Turn(Alice, 0, Command("a3", [], reminders: [new ReminderWrite("nap", default, Entry: null)]))]);
        Assert.Empty(await journal.ReadRemindersAsync(100));
    }

    [Fact]
    public async Task A_worker_command_is_completed_once_with_its_report()
    {
        await using var journal = await OpenAsync();
        await journal.CommitAsync([Turn(Alice, 0, Command("a1", [], work: [new WorkerWrite("n1", Entry("note.v1", "w1")), new WorkerWrite("n2", Entry("note.v1", "w2")), new WorkerWrite("n1", Entry("note.v1", "w3"))]))]);
        var commands = await journal.ReadWorkerCommandsAsync("n1", 0, 100);
        Assert.Equal(["w1", "w3"], commands.Select(static row => NoteOf(row.Entry)));
        Assert.Equal(Alice, commands[0].From);
        Assert.Equal(["w3"], (await journal.ReadWorkerCommandsAsync("n1", commands[0].Id, 100)).Select(static row => NoteOf(row.Entry)));

        var first = new WorkerCompletion(commands[0].Id, Alice, new Sender("worker:n1"), new Deposit(1, "done"), Entry("note.v1", "done"));
        var second = new WorkerCompletion(commands[0].Id, Alice, new Sender("worker:n1"), new Deposit(1, "done"), Entry("note.v1", "done"));
        await journal.CommitAsync([first, second]);
        Assert.Equal((true, false), (first.Applied, second.Applied));
        Assert.Equal("done", NoteOf(Assert.Single(await journal.ReadInboxAsync(Alice, 0, 100)).Entry));
        Assert.Equal(["w3"], (await journal.ReadWorkerCommandsAsync("n1", 0, 100)).Select(static row => NoteOf(row.Entry)));
    }

    [Fact]
    public async Task A_dead_letter_can_be_sent_again_once_or_dropped()
    {
        await using var journal = await OpenAsync();
        var turn = new TurnWrite(Alice, Alice.ToString(), 0);
        foreach (var id in new[] { "a1", "a2" })
        {
            turn.Commands.Add(new CommandWrite { Id = new CommandId(id), Sender = Client, Dedupe = Dedupe.Id, Reply = Entry("note.v1", "poison"), DeadLetter = new DeadLetterWrite(Entry("note.v1", id), "boom", 3) });
        }

        await journal.CommitAsync([turn]);
        var letters = await journal.ReadDeadLettersAsync(0, 100);
        Assert.Equal([("a1", "boom", 3, Alice), ("a2", "boom", 3, Alice)], letters.Select(static letter => (letter.CommandId.Value, letter.Reason, letter.Attempts, letter.To)));
        DeadLetterRemoval[] removals = [new(letters[0].Id, Alice, resend: true), new(letters[1].Id, Alice, resend: false), new(letters[0].Id, Alice, resend: true)];
        await journal.CommitAsync(removals);
        Assert.Equal([true, true, false], removals.Select(static removal => removal.Applied));
        var row = Assert.Single(await journal.ReadInboxAsync(Alice, 0, 100));
        Assert.Equal(("a1", Client), (NoteOf(row.Entry), row.Sender));
        Assert.NotEqual("a1", row.Id.Value);
        Assert.Empty(await journal.ReadDeadLettersAsync(0, 100));
    }

    [Fact]
    public async Task Rows_of_a_view_move_with_its_offset_and_are_listed_by_key()
    {
        await using var journal = await OpenAsync();
        Assert.Null(await journal.ReadOffsetAsync("v"));
        await journal.CommitAsync([new ViewWrite("v", new ProjectionOffset(1, 5), reset: false, [View("a", "p", 1), View("b", "q", 2), View("c", "p", 3), View("d", string.Empty, 4)])]);
        await journal.CommitAsync([new ViewWrite("w", new ProjectionOffset(1, 6), reset: false, [View("a", "p", 9)])]);
        Assert.Equal(new ProjectionOffset(1, 5), await journal.ReadOffsetAsync("v"));
        Assert.Equal(["a", "b", "c", "d"], await KeysAsync(new ViewQuery("v", null, null, 100, Descending: false)));
        Assert.Equal(["d", "c"], await KeysAsync(new ViewQuery("v", null, null, 2, Descending: true)));
        Assert.Equal(["c"], await KeysAsync(new ViewQuery("v", "p", "a", 100, Descending: false)));
        Assert.Equal(["a"], await KeysAsync(new ViewQuery("v", "p", "c", 100, Descending: true)));
        Assert.Equal(["d"], await KeysAsync(new ViewQuery("v", string.Empty, null, 100, Descending: false)));
        Assert.Equal(["b"], (await journal.ReadViewAsync("v", ["b", "none"])).Select(static row => row.Key));

        await journal.CommitAsync([new ViewWrite("v", new ProjectionOffset(1, 7), reset: false, [new ViewChange("a", string.Empty, Value: null, 7), View("b", "p", 7)])]);
        Assert.Equal(["b", "c"], await KeysAsync(new ViewQuery("v", "p", null, 100, Descending: false)));
        await journal.CommitAsync([new ViewWrite("v", new ProjectionOffset(2, 0), reset: true, [])]);
        Assert.Empty(await KeysAsync(new ViewQuery("v", null, null, 100, Descending: false)));
        Assert.Single(await KeysAsync(new ViewQuery("w", null, null, 100, Descending: false)));

        async Task<IEnumerable<string>> KeysAsync(ViewQuery query) => (await journal.ListViewAsync(query)).Select(static row => row.Key);
    }

    [Fact]
    public async Task Whether_a_batch_was_committed_can_be_found_out()
    {
        await using var journal = await OpenAsync();
        JournalWrite[] Writes(string id) => [Turn(Alice, 0, Command(id)), Inbox(Bob, id), new ViewWrite("v" + id, new ProjectionOffset(1, 1), reset: false, [])];
        var (done, lost) = (Writes("done"), Writes("lost"));
        await journal.CommitAsync(done);
        foreach (var write in done)
        {
            Assert.True(await journal.WasCommittedAsync(write));
        }

        foreach (var write in lost)
        {
            Assert.False(await journal.WasCommittedAsync(write));
        }

        var row = (await journal.ReadInboxAsync(Bob, 0, 1))[0];
        var turn = new TurnWrite(Bob, Bob.ToString(), 0);
        turn.Commands.Add(new CommandWrite { Id = row.Id, Sender = row.Sender, Dedupe = Dedupe.Row, InboxRow = row.Ordering, Reply = Entry("note.v1", "r") });
        Assert.False(await journal.WasCommittedAsync(turn));
        await journal.CommitAsync([turn]);
        Assert.True(await journal.WasCommittedAsync(turn));
        Assert.Null(await journal.WasCommittedAsync(new ProcessedPurge(journal.Clock.Now)));
    }

    [Fact]
    public async Task What_was_committed_is_there_after_the_store_is_opened_again()
    {
        await using (var journal = await OpenAsync())
        {
            await journal.CommitAsync([Turn(Alice, 0, Command("a1", "e1")), Inbox(Bob, "c1"), new BeatWrite("n1", "here", Guid.NewGuid())]);
            Assert.Equal(JournalState.Open, journal.Health.State);
        }

        await using var again = await OpenAsync();
        Assert.Equal(["e1"], (await again.ReadEventsAsync(JournalPosition.Start, EventFilter.All, 100)).Select(NoteOf));
        Assert.Single(await again.ReadInboxAsync(Bob, 0, 100));
        await again.CommitAsync([Turn(Alice, 1, Command("a2", "e2")), new BeatWrite("n1", "here", Guid.NewGuid())]);
        Assert.Equal([1L, 2], (await again.ReadEventsAsync(JournalPosition.Start, EventFilter.All, 100)).Select(static row => row.SequenceNumber));
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("quotes \" and \\ and /")]
    [InlineData("two\nlines\tand tabs")]
    [InlineData("ünïcödé 漢字 🙂")]
    [InlineData("'; DROP TABLE journal; --")]
    public async Task Text_comes_back_as_it_went_in(string text)
    {
        await using var journal = await OpenAsync();
        await journal.CommitAsync([Turn(Alice, 0, Command("a1", text))]);
        Assert.Equal(text, NoteOf((await journal.ReadEventsAsync(JournalPosition.Start, EventFilter.All, 1))[0]));
    }

    private protected static JournalEntry Entry(string manifest, string note) => new(manifest, System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(note, PayloadJson.Options));

    private protected static string NoteOf(JournalEntry entry) => System.Text.Json.JsonSerializer.Deserialize<string>(entry.Payload.Span, PayloadJson.Options)!;

    private protected static string NoteOf(JournalRow row) => NoteOf(row.Entry);

    private protected static TurnWrite Turn(EntityId entity, long version, params CommandWrite[] commands)
    {
        var turn = new TurnWrite(entity, entity.ToString(), version);
        turn.Commands.AddRange(commands);
        return turn;
    }

    private protected static CommandWrite Command(string id, params string[] events) => Command(id, events, row: 0);

    private protected static CommandWrite Command(string id, long row, params string[] events) => Command(id, events, row);

    private protected static InboxWrite Inbox(EntityId to, string id) => new(to, new CommandId(id), Client, new Deposit(1, id), Entry("note.v1", id));

    private static CommandWrite Command(string id, string[] events, long row = 0, MessageWrite[]? messages = null, ReminderWrite[]? reminders = null, WorkerWrite[]? work = null) => new()
    {
        Id = new CommandId(id),
        Sender = Client,
        Dedupe = Dedupe.Id,
        InboxRow = row,
        Reply = Entry("note.v1", "r " + id),
        Events = [.. events.Select(static e => Entry("note.v1", e))],
        Messages = messages ?? [],
        Reminders = reminders ?? [],
        WorkerCommands = work ?? [],
    };

    private static ViewChange View(string key, string partition, long position) => new(key, partition, Encoding.UTF8.GetBytes("{}"), position);
}
