using System.Collections.Immutable;
using System.Globalization;

namespace Orchestrator.Runtime;

/// <summary>Turns effects into what is stored. Whatever of them cannot be stored makes the command fail before anything happens.</summary>
internal sealed class EffectsWriter(ManifestTable manifests, Func<string, bool> isKind, bool verify)
{
    private readonly JournalEntry _done = Entry(manifests, Done.Instance);

    public static JournalEntry Entry(ManifestTable manifests, object value)
    {
        var (manifest, payload) = manifests.Write(value);
        return new JournalEntry(manifest, payload);
    }

    public JournalEntry Entry(object value)
    {
        if (value is Done)
        {
            return _done;
        }

        var entry = Entry(manifests, value);
        if (verify && !Entry(manifests, manifests.Read(entry.Manifest, entry.Payload.Span)).Payload.Span.SequenceEqual(entry.Payload.Span))
        {
            throw new InvalidOperationException($"{value.GetType().Name} does not come back from its JSON as it was: {entry.Text}");
        }

        return entry;
    }

    /// <summary>Effects of which a part has a manifest that not every member can read yet are refused as a whole, with what to do.</summary>
    public Effects Writable(Effects effects, int format)
    {
        if (manifests.Format <= format)
        {
            return effects;
        }

        var newest = effects.Events.Cast<object>()
            .Concat(effects.Messages.Select(static message => message.Command))
            .Concat(effects.WorkerCommands.Select(static work => work.Command))
            .Concat(effects.Reminders.Select(static reminder => reminder.Command).OfType<object>())
            .Append(effects.Reply)
            .Select(manifests.FormatOf)
            .Max();
        return newest <= format ? effects : Effects.Refuse(
            RefusalCodes.IllegalState,
            string.Create(CultureInfo.InvariantCulture, $"this needs cluster.format {newest}, and {format} is in force, so that older versions can still read everything: update all nodes, then 'orc cluster format raise'"));
    }

    public CommandWrite Write(Envelope envelope, Effects effects) => new()
    {
        Id = envelope.Id,
        Sender = envelope.Sender,
        Dedupe = envelope.Dedupe,
        InboxRow = envelope.InboxRow,
        Reply = Entry(effects.Reply),
        Outcome = effects.Reply,
        Events = All(effects.Events, Entry),
        Messages = All(effects.Messages, Message),
        Reminders = All(effects.Reminders, Reminder),
        WorkerCommands = All(effects.WorkerCommands, work => new WorkerWrite(work.Node, Entry(work.Command))),
    };

    private static TResult[] All<T, TResult>(ImmutableArray<T> items, Func<T, TResult> write)
    {
        if (items.IsDefaultOrEmpty)
        {
            return [];
        }

        var result = new TResult[items.Length];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = write(items[i]);
        }

        return result;
    }

    private MessageWrite Message(OutgoingCommand message) => isKind(message.To.Kind)
        ? new MessageWrite(message.To, message.Command, Entry(message.Command))
        : throw new InvalidOperationException($"a command for {message.To} cannot be sent: no entity kind {message.To.Kind} was added");

    // Rounded up, so that a reminder never fires before its time.
    private ReminderWrite Reminder(ReminderChange change) => change is { Due: { } due, Command: { } command }
        ? new ReminderWrite(change.Name, DateTimeOffset.FromUnixTimeMilliseconds(due.AddTicks(TimeSpan.TicksPerMillisecond - 1).ToUnixTimeMilliseconds()), Entry(command))
        : new ReminderWrite(change.Name, default, Entry: null);
}
