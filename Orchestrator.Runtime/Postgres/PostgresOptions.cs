namespace Orchestrator.Runtime;

/// <summary>How the PostgreSQL store is opened.</summary>
public sealed record PostgresOptions
{
    /// <summary>Where the database is, as Npgsql reads it. What the store needs of a session is added to it.</summary>
    public required string Connection { get; init; }

    /// <summary>The name of this node.</summary>
    public required string Node { get; init; }

    /// <summary>Where this node can be reached.</summary>
    public string Address { get; init; } = string.Empty;

    /// <summary>The version of this program, told to the others.</summary>
    public string Version { get; init; } = string.Empty;

    /// <summary>The number of connections that read; 1 to 64. One more writes, and two carry notifications.</summary>
    public int Readers { get; init; } = 8;

    /// <summary>
    /// Whether this node has the database to itself: it then registers and takes all shards when it opens the store. Otherwise somebody else does that, and gives <see cref="PostgresJournal.Fence"/>.
    /// </summary>
    public bool Alone { get; init; } = true;

    /// <summary>The data folder of this node, locked for the life of the process; null: none.</summary>
    public string? DataFolder { get; init; }

    /// <summary>Where it is remembered which database this was and how far its history had come, so that an older or another one is noticed; null remembers it for the life of the process only.</summary>
    public string? SeenFile { get; init; }

    /// <summary>For how long a process that starts waits for a database that is not there yet; zero: not at all.</summary>
    public TimeSpan OpenWithin { get; init; }

    /// <summary>How long a connection may take to open.</summary>
    public TimeSpan ConnectWithin { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the database may take to answer before the connection counts as lost.</summary>
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The first pause after a connection could not be opened; it doubles with each further one.</summary>
    public TimeSpan MinimumBackoff { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest such pause.</summary>
    public TimeSpan MaximumBackoff { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The net under the notifications: how often it is looked for what others have committed.</summary>
    public TimeSpan PollEvery { get; init; } = TimeSpan.FromSeconds(1);
}
