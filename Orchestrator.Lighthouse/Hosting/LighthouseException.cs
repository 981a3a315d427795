namespace Orchestrator.Lighthouse.Hosting;

/// <summary>The lighthouse cannot do what it was asked for; the message says why and what to do.</summary>
internal sealed class LighthouseException(string message, Exception? inner = null) : Exception(message, inner);
