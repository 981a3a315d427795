namespace Orchestrator.Runtime;

public sealed partial class ActorSystem
{
    /// <summary>What follows from a commit: rows go to their entities, readers and workers are woken.</summary>
    private sealed class Commits(ActorSystem system) : IWriterEvents
    {
        private bool _events;
        private bool _work;
        private bool _unseen;
        private int _broken;

        public void Committed(JournalWrite write, WriteStatus status)
        {
            if (status is WriteStatus.CommittedUnseen)
            {
                _unseen = true;
                Wake(write);
                return;
            }

            if (write.Stored is { } stored)
            {
                foreach (var row in stored)
                {
                    system._host.Deliver(row);
                }
            }

            if (write is TurnWrite turn)
            {
                _events |= turn.Position > 0;
                Volatile.Write(ref system._head, Math.Max(system._head, turn.Position));
                foreach (var command in turn.Commands)
                {
                    _work |= command.WorkerCommands.Count > 0;
                    foreach (var reminder in command.Reminders)
                    {
                        if (reminder.Entry is not null)
                        {
                            system._reminders.NoteSet(reminder.Due);
                        }
                    }
                }
            }
        }

        public void BatchCommitted()
        {
            if (_events || _unseen)
            {
                system._events.NoteCommitted();
            }

            if (_work || _unseen)
            {
                system._workers.Stored.Raise();
            }

            if (_unseen)
            {
                system._reminders.NoteSet(DateTimeOffset.MinValue);
            }

            (_events, _work, _unseen) = (false, false, false);
        }

        public void StoreBroke()
        {
            if (Interlocked.Exchange(ref _broken, 1) == 0 && system.StoreBroke is { } handler)
            {
                ThreadPool.UnsafeQueueUserWorkItem(_ => handler(system, EventArgs.Empty), state: null);
            }
        }

        // At once, so that nothing sent later overtakes a row that is stored but was not handed back.
        private void Wake(JournalWrite write)
        {
            switch (write)
            {
                case TurnWrite turn:
                    foreach (var message in turn.Commands.SelectMany(static command => command.Messages))
                    {
                        system._host.Wake(message.To, 1);
                    }

                    break;
                case InboxWrite inbox: system._host.Wake(inbox.To, 1); break;
                case ReminderFiring firing: system._host.Wake(firing.Reminder.Entity, 1); break;
                case WorkerCompletion completion: system._host.Wake(completion.From, 1); break;
                case DeadLetterRemoval { Resend: true } removal: system._host.Wake(removal.To, 1); break;
                default: break;
            }
        }
    }
}
