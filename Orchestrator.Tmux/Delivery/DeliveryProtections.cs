namespace Orchestrator.Tmux;

/// <summary>The protections of a delivery, each of which can be switched off, so that tests can show that they notice.</summary>
internal sealed record DeliveryProtections
{
    public static DeliveryProtections All { get; } = new();

    /// <summary>A message is typed only if as many were typed before as expected, and Enter pressed only for the message typed last.</summary>
    public bool Marks { get; init; } = true;

    /// <summary>A buffer is typed only if it holds as many bytes as were meant.</summary>
    public bool SizeCheck { get; init; } = true;

    /// <summary>Only the writer that adopted the pane acts.</summary>
    public bool WriterGuard { get; init; } = true;

    /// <summary>Nothing happens after the deadline.</summary>
    public bool Deadline { get; init; } = true;

    /// <summary>Nothing is typed into another program or process than the expected one.</summary>
    public bool ProgramGuard { get; init; } = true;
}
