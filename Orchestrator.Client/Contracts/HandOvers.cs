using System.Collections.Immutable;

namespace Orchestrator.Client;

/// <summary>An agent is to hand over.</summary>
public sealed record AskHandOverRequest
{
    /// <summary>What happens then, or when its time is over: stop, end, or go_on (nothing, the default).</summary>
    public string? Then { get; init; }

    /// <summary>How long it has, 1 to 86,400 seconds; 300 unless said.</summary>
    public double? LimitSeconds { get; init; }
}

/// <summary>What an agent has left for whoever takes over.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="State">none, asked (it is waited for), left (there is a note), missed (it was asked, and left none).</param>
/// <param name="Note">The last note.</param>
/// <param name="Notes">The last notes, the newest last.</param>
/// <param name="Until">While it is waited for: until when.</param>
/// <param name="Then">While it is waited for: stop, end or go_on.</param>
/// <param name="Missed">Why there was no note when it was asked last.</param>
/// <param name="Successor">Who has taken over.</param>
/// <param name="AgentState">The state of the agent; null if there is none of this name.</param>
/// <param name="Screen">What stood last on its screen, if its program has ended: at most 4,000 characters.</param>
/// <param name="ScreenAt">When that was kept.</param>
public sealed record HandOverInfo(
    string Agent,
    string State,
    string? Note,
    ImmutableArray<LeftNoteInfo> Notes,
    DateTimeOffset? Until,
    string? Then,
    string? Missed,
    string? Successor,
    string? AgentState,
    string? Screen,
    DateTimeOffset? ScreenAt);

/// <summary>A note.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Text">The note.</param>
/// <param name="Source">tool: it was written down; answer: it is what the agent answered when it was asked.</param>
/// <param name="By">Who wrote it.</param>
/// <param name="At">When.</param>
public sealed record LeftNoteInfo(int Number, string Text, string Source, string By, DateTimeOffset At);

/// <summary>Whose a token is.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Agent">The agent that it speaks for; null for people and their programs.</param>
/// <param name="Role">The role of that agent.</param>
/// <param name="Scopes">What it may be used for.</param>
public sealed record SelfInfo(string Name, string? Agent, string? Role, ImmutableArray<string> Scopes);
