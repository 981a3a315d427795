using System.Collections.Immutable;

namespace Orchestrator.Client;

/// <summary>The limit that the agents of one account share.</summary>
/// <param name="Account">The account: the name that a profile gives it, or what follows from endpoint and credential.</param>
/// <param name="Agents">The agents that use it.</param>
/// <param name="Limited">A limit was met and is not over.</param>
/// <param name="Until">When it ends; null if nobody knows, or there is none.</param>
/// <param name="By">The agent that met it.</param>
/// <param name="Evidence">What was seen.</param>
/// <param name="Since">When.</param>
/// <param name="Limits">How often a limit was met so far.</param>
public sealed record QuotaInfo(string Account, ImmutableArray<string> Agents, bool Limited, DateTimeOffset? Until, string? By, string? Evidence, DateTimeOffset? Since, int Limits);
