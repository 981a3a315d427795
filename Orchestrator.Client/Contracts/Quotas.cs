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
/// <param name="Uses">How much of its limits is used, as far as programs write that down.</param>
/// <param name="TokensIn">Tokens that were sent to models for answered messages, as far as programs write them down.</param>
/// <param name="TokensOut">Tokens that models wrote for them.</param>
public sealed record QuotaInfo(
    string Account,
    ImmutableArray<string> Agents,
    bool Limited,
    DateTimeOffset? Until,
    string? By,
    string? Evidence,
    DateTimeOffset? Since,
    int Limits,
    ImmutableArray<LimitUseInfo> Uses,
    long TokensIn,
    long TokensOut);

/// <summary>How much of a limit is used.</summary>
/// <param name="Limit">The limit, as the profile of the program names it.</param>
/// <param name="Percent">How much of it, in percent.</param>
/// <param name="Resets">When it begins anew; null if nobody knows.</param>
public sealed record LimitUseInfo(string Limit, double Percent, DateTimeOffset? Resets);
