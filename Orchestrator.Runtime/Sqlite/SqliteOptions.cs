namespace Orchestrator.Runtime;

/// <summary>How the SQLite store is opened.</summary>
public sealed record SqliteOptions
{
    /// <summary>The data folder; it is created if it is not there. The store locks it for the life of the process.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Where this node can be reached, for the message that a second start gets.</summary>
    public string Address { get; init; } = string.Empty;

    /// <summary>The number of connections that read; 1 to 64.</summary>
    public int Readers { get; init; } = 4;

    /// <summary>The database file.</summary>
    public string DatabasePath => Path.Combine(DataFolder, "orchestrator.db");

    /// <summary>A bound on the size of the file, for tests of a full disk; 0 sets none.</summary>
    internal int MaximumPages { get; init; }
}
