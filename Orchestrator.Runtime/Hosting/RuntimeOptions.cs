namespace Orchestrator.Runtime;

/// <summary>The settings of the runtime.</summary>
public sealed class RuntimeOptions
{
    /// <summary>The data folder: database and lock.</summary>
    public string DataFolder { get; set; } = "data";

    /// <summary>The name of this node.</summary>
    public string Node { get; set; } = Environment.MachineName;

    /// <summary>Where this node can be reached; told to whoever tries to use the same data folder.</summary>
    public string Address { get; set; } = string.Empty;

    /// <summary>How many commands may wait for one entity before it refuses more as overloaded; at least 1.</summary>
    public int MailboxCapacity { get; set; } = 1000;

    /// <summary>How many commands may wait on this node before it refuses more as overloaded; at least 1.</summary>
    public int NodeCapacity { get; set; } = 100_000;

    /// <summary>The most commands that an entity decides before it commits them together; 1 to 1,000.</summary>
    public int TurnSize { get; set; } = 64;

    /// <summary>The most writes in one transaction; at least 1.</summary>
    public int BatchSize { get; set; } = 1000;

    /// <summary>The largest command, in bytes of JSON.</summary>
    public int MaximumPayload { get; set; } = 4 * 1024 * 1024;

    /// <summary>After how many failures a command is set aside; at least 1.</summary>
    public int MaximumAttempts { get; set; } = 3;

    /// <summary>The first pause after a failure; it doubles with each further one.</summary>
    public TimeSpan MinimumBackoff { get; set; } = TimeSpan.FromMilliseconds(10);

    /// <summary>The longest pause after a failure.</summary>
    public TimeSpan MaximumBackoff { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>For how long a processed command id and its reply are kept; ids that carry an older time are refused.</summary>
    public TimeSpan DedupeWindow { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How far in the future the time of a command id may lie.</summary>
    public TimeSpan MaximumClockLead { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Below this much free disk, in bytes, no commands of clients are taken; 0 switches the check off.</summary>
    public long MinimumFreeDisk { get; set; } = 200L * 1024 * 1024;

    /// <summary>How long a shutdown waits for commands that are being worked on.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
