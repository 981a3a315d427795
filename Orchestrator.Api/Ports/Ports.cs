using System.Collections.Immutable;
using Orchestrator.Actors.Agents;
using Orchestrator.Client;

namespace Orchestrator.Api;

/// <summary>A screen as it is now.</summary>
/// <param name="CapturedAt">When it was read.</param>
/// <param name="Text">Its lines, without escapes.</param>
public sealed record LiveOutput(DateTimeOffset CapturedAt, string Text);

/// <summary>What the worker knows of an agent beyond its events.</summary>
/// <param name="Decided">The fact that decided, in words.</param>
/// <param name="Facts">Every fact known, the most trusted first.</param>
/// <param name="Rules">Every screen rule of the profile and whether it matches now.</param>
/// <param name="Waiting">Why the next message is not being typed, if one waits and the worker knows.</param>
/// <param name="Screen">The last lines of the screen that the rules were read on.</param>
public sealed record LiveExplanation(string Decided, ImmutableArray<FactInfo> Facts, ImmutableArray<RuleInfo> Rules, string? Waiting, ImmutableArray<string> Screen);

/// <summary>The end of a transcript.</summary>
/// <param name="From">Where it was read.</param>
/// <param name="LeftOut">How many bytes before it were left out.</param>
/// <param name="Total">How many lines there are after those.</param>
/// <param name="Lines">The last of these lines, without tokens.</param>
public sealed record TranscriptText(string From, long LeftOut, int Total, ImmutableArray<string> Lines);

/// <summary>Reads of what is in the panes now: done by the worker of the node that owns them. Reads only.</summary>
public interface ILiveAgents
{
    /// <summary>The screen of the agent <paramref name="name"/>; null if it has no pane here.</summary>
    /// <param name="name">The agent.</param>
    /// <param name="lines">The last so many lines with what has scrolled away, 1 to 100,000; the visible screen if null.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    Task<LiveOutput?> CaptureAsync(string name, int? lines, CancellationToken cancellationToken);

    /// <summary>What is known of the agent <paramref name="name"/> now; null if it has no pane here.</summary>
    Task<LiveExplanation?> ExplainAsync(string name, CancellationToken cancellationToken);

    /// <summary>What the program of the agent <paramref name="name"/> has written down, or what of it was kept when it ended; null if there is nothing.</summary>
    /// <param name="name">The agent.</param>
    /// <param name="node">The node that has it.</param>
    /// <param name="generation">The placement.</param>
    /// <param name="lines">The last so many lines; all if null.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    Task<TranscriptText?> ReadTranscriptAsync(string name, string node, long generation, int? lines, CancellationToken cancellationToken);
}

/// <summary>Records what the programs of this node's agents write.</summary>
public interface IPaneRecorder
{
    /// <summary>The lines of an asciicast (version 2) of the agent <paramref name="name"/>, without line ends, as they come, until its pane is gone or the reader stops; null if it has no pane here.</summary>
    IAsyncEnumerable<string>? Record(string name, CancellationToken cancellationToken);
}

/// <summary>The panes of this node that carry the mark of an agent.</summary>
public interface IPaneInventory
{
    /// <summary>All of them, also those that no agent claims.</summary>
    Task<IReadOnlyList<InventoryPane>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Closes a pane with the program in it; false if it is gone, or was started for something else.</summary>
    Task<bool> CloseAsync(InventoryPane pane, CancellationToken cancellationToken);
}

/// <summary>The node that serves the API.</summary>
public interface INodeStatus
{
    /// <summary>Its name: where agents are placed unless something else is said.</summary>
    string Name { get; }

    /// <summary>How it is; <see cref="NodeInfo.Health"/> is <c>ready</c> when it can work.</summary>
    Task<NodeInfo> GetAsync(CancellationToken cancellationToken);
}

/// <summary>A profile as the API needs it.</summary>
/// <param name="Info">What is shown.</param>
/// <param name="Traits">What an agent's queue must know.</param>
/// <param name="Ways">How its program is told what a role says; null where nothing is known of it.</param>
public sealed record CatalogProfile(ProfileInfo Info, ProfileTraits Traits, RoleWays? Ways = null);

/// <summary>How a program is told what a role says, in words; null what it is not told.</summary>
public sealed record RoleWays(string? Prompt, string? Model, string? Temperature);

/// <summary>The profiles that agents can be spawned with.</summary>
public interface IProfileCatalog
{
    /// <summary>All, in the order of their names.</summary>
    IReadOnlyList<CatalogProfile> List();

    /// <summary>The profile <paramref name="name"/>, or null.</summary>
    CatalogProfile? Find(string name);
}

/// <summary>The settings in force.</summary>
public interface ISettingsCatalog
{
    /// <summary>All, in the order of their paths, secrets redacted.</summary>
    IReadOnlyList<SettingInfo> List();
}
