namespace Orchestrator.Runtime;

/// <summary>The door: what comes from outside is checked here before it costs anything.</summary>
internal sealed class Ingress(EntityHost host, Maintenance maintenance)
{
    private const int MaximumIdLength = 250;

    public volatile bool IsOpen;

    /// <summary>Why nothing is taken now; null if it is.</summary>
    public string? Refusing => IsOpen ? maintenance.DiskAlarm : "this node is not running";

    private Dedupe DedupeById => host.Protections.Dedupe ? Dedupe.Id : Dedupe.Row;

    public async Task TellAsync(EntityId to, Command command, CommandId id, Sender sender)
    {
        using var activity = RuntimeTelemetry.Source.StartActivity("tell");
        activity?.SetTag("entity", to.ToString());
        if (!IsOpen)
        {
            throw NotRunning();
        }

        RequireDisk();
        if (Refuse(command, id, sender, out var entry) is { } refusal)
        {
            throw new CommandRefusedException(refusal);
        }

        var asked = new TaskCompletionSource<Answer>(TaskCreationOptions.RunContinuationsAsynchronously);
        var envelope = new Envelope { Id = id, Sender = sender, Dedupe = DedupeById, Command = command, Entry = entry, Asked = asked, IsTell = true };
        var taken = false;
        var cell = host.With(to, cell => cell.TryTell(envelope, out taken));
        if (taken)
        {
            await asked.Task;
            return;
        }

        try
        {
            (await host.Writer.SubmitAsync(new InboxWrite(to, id, sender, command, entry!))).Require();
        }
        finally
        {
            cell.Release();
        }
    }

    public Task<Answer> AskAsync(EntityId to, Command command, CommandId id, Sender sender)
    {
        RequireRunning(to);
        RequireDisk();
        if (Refuse(command, id, sender, out var entry) is { } refusal)
        {
            return Task.FromResult(new Answer(refusal, JournalPosition.Start, Repeated: false));
        }

        var asked = new TaskCompletionSource<Answer>(TaskCreationOptions.RunContinuationsAsynchronously);
        var envelope = new Envelope { Id = id, Sender = sender, Dedupe = DedupeById, Command = command, Entry = entry, Asked = asked };
        host.With(to, cell => cell.TryEnqueue(envelope));
        return RuntimeTelemetry.Source.HasListeners() ? TraceAsync(to, command, asked.Task) : asked.Task;
    }

    public Task<Reply> QueryAsync(EntityId to, Query query)
    {
        RequireRunning(to);
        if (host.Deadline is { } deadline && !(host.Shards.Accepts(to.Shard) && deadline.MayAct))
        {
            // A node that was paused may have lost the shard without knowing it yet.
            throw new NotOwnerException(to);
        }

        if (host.Get(to).TryAnswer(query, out var reply))
        {
            return Task.FromResult(reply!);
        }

        var envelope = new Envelope { Query = query, Queried = new TaskCompletionSource<Reply>(TaskCreationOptions.RunContinuationsAsynchronously) };
        host.With(to, cell => cell.TryEnqueue(envelope));
        return envelope.Queried.Task;
    }

    private static async Task<Answer> TraceAsync(EntityId to, Command command, Task<Answer> asked)
    {
        using var activity = RuntimeTelemetry.Source.StartActivity("ask");
        activity?.SetTag("entity", to.ToString());
        activity?.SetTag("command", command.GetType().Name);
        var answer = await asked;
        activity?.SetTag("repeated", answer.Repeated);
        return answer;
    }

    private void RequireRunning(EntityId to)
    {
        if (!IsOpen)
        {
            // Of a member of a cluster that starts or stops nothing is wanted here: another owner may be found.
            throw host.Deadline is null ? NotRunning() : new NotOwnerException(to);
        }
    }

    private void RequireDisk()
    {
        if (maintenance.DiskAlarm is { } alarm)
        {
            throw new StoreUnavailableException(alarm);
        }
    }

    private static StoreUnavailableException NotRunning() => new("this node is not running: it starts or stops");

    private Refused? Refuse(Command command, CommandId id, Sender sender, out JournalEntry? entry)
    {
        entry = null;
        if (CheckId(id, sender) is { } refusal)
        {
            return refusal;
        }

        try
        {
            entry = host.Effects.Entry(command);
        }
        catch (UnstorableTextException e)
        {
            return new Refused(RefusalCodes.Invalid, e.Message);
        }

        return entry.Payload.Length > host.Options.MaximumPayload
            ? new Refused(RefusalCodes.Invalid, $"the command has {entry.Payload.Length} bytes, at most {host.Options.MaximumPayload} are taken")
            : null;
    }

    private Refused? CheckId(CommandId id, Sender sender)
    {
        if (Ulid.TryGetTime(id.Value, out var time))
        {
            var age = host.Clock.Now - time;
            return age > host.Options.DedupeWindow ? new Refused(RefusalCodes.TooOld, $"the command id {id} is older than {host.Options.DedupeWindow.TotalDays:0.#} days, so whether it ran can no longer be known: look, and send it with a new id if it is still wanted")
                : -age > host.Options.MaximumClockLead ? new Refused(RefusalCodes.Invalid, $"the command id {id} carries a time that is {-age} in the future: set the clock of the sender")
                : null;
        }

        // Whatever is not a client may name its commands by what they are about: worker/node/42, agent/alice#7.
        var isClient = sender.Value?.StartsWith("client:", StringComparison.Ordinal) is not false;
        return !isClient && id.Value is { Length: > 0 and <= MaximumIdLength } text && char.IsAsciiLetterLower(text[0]) && !text.Any(char.IsControl)
            ? null
            : new Refused(RefusalCodes.Invalid, $"'{id}' is no command id: clients send a ULID, 26 characters in upper case, whose time is that of the sending");
    }
}
