namespace Orchestrator.Runtime;

/// <summary>What a turn has decided, and what it leaves for the next.</summary>
internal sealed class Turn(EntityId entity, string persistenceId, long version, long epoch)
{
    private HashSet<CommandId>? _ids;

    public TurnWrite Write { get; } = new(entity, persistenceId, version) { Epoch = epoch };

    public List<(Envelope Envelope, CommandWrite? Write)> Commands { get; } = [];

    public List<Envelope> Left { get; set; } = [];

    public bool Failed { get; set; }

    /// <summary>A command of the inbox that this version cannot read.</summary>
    public UnknownManifestException? Unknown { get; set; }

    /// <summary>False if a command with this id is in the turn already.</summary>
    public bool TryBegin(Envelope envelope) => envelope.Dedupe is not Dedupe.Id || (_ids ??= []).Add(envelope.Id);

    public void Add(Envelope envelope, CommandWrite write)
    {
        Write.Commands.Add(write);
        Commands.Add((envelope, write));
    }

    /// <summary>A command that was processed before: only its row, if it has one, is left to be removed.</summary>
    public void AddRepeated(Envelope envelope, JournalEntry done)
    {
        if (envelope.InboxRow > 0)
        {
            Write.Commands.Add(new CommandWrite { Id = envelope.Id, Sender = envelope.Sender, Dedupe = Dedupe.Row, InboxRow = envelope.InboxRow, Reply = done });
        }

        Commands.Add((envelope, null));
    }
}
