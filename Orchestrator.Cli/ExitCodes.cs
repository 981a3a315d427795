namespace Orchestrator.Cli;

/// <summary>How <c>orc</c> ends. 0 means that it happened, not that it was asked for.</summary>
internal static class ExitCodes
{
    /// <summary>It happened.</summary>
    public const int Happened = 0;

    /// <summary>It did not happen, and will not by itself.</summary>
    public const int Failed = 1;

    /// <summary>The command line makes no sense; nothing was done.</summary>
    public const int Usage = 2;

    /// <summary>It had not happened when the time was over, or cannot be known; it may still.</summary>
    public const int Unknown = 3;

    /// <summary>Ctrl-C.</summary>
    public const int Interrupted = 130;
}
