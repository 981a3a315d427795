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
                system._events.Committed.Raise();
            }

            if (_work || _unseen)
            {
                system._workers.Stored.Raise();
            }

            if (_unseen)
            {
                system._reminders.NoteSet(DateTimeOffset.MinValue);
                system._loops.Enqueue(Task.Run(system.WakeAllAsync));
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
    }

    /// <summary>After a commit whose rows were not handed back: whoever has rows finds them in the store.</summary>
    private async Task WakeAllAsync()
    {
        for (var attempt = 0; !_host.Stopping.IsCancellationRequested; attempt++)
        {
            try
            {
                foreach (var inbox in await _host.Journal.ReadInboxesAsync(_host.Stopping))
                {
                    _host.Wake(inbox.Entity, inbox.Count);
                }

                return;
            }
            catch (StoreUnavailableException e)
            {
                CannotWake(e);
                await Task.Delay(Backoff.After(_builder.Options, attempt), _host.Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (_host.Stopping.IsCancellationRequested)
            {
                return;
            }
        }
    }
}
