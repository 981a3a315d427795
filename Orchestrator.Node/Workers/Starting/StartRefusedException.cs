namespace Orchestrator.Node.Workers.Starting;

/// <summary>An agent's program cannot be started as asked; the message says why and what to do.</summary>
internal sealed class StartRefusedException(string message, Exception? inner = null) : Exception(message, inner);
