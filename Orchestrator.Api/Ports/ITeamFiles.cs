using System.Collections.Immutable;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Teams;

namespace Orchestrator.Api;

/// <summary>A team's file as it was sent, and what was said beside it.</summary>
/// <param name="Text">The file; null for none, but a template.</param>
/// <param name="Source">What it is called in errors.</param>
/// <param name="BaseFolder">Where a relative folder of the project starts; null refuses one.</param>
/// <param name="Template">The template in place of that of the file.</param>
/// <param name="Name">The name in place of that of the file.</param>
/// <param name="Folder">The folder of the project in place of that of the file.</param>
public sealed record TeamFile(string? Text, string Source, string? BaseFolder, string? Template, string? Name, string? Folder);

/// <summary>Where a member is to be started, as its file wishes.</summary>
/// <param name="Node">The node; null for any.</param>
/// <param name="Labels">Labels that the node has.</param>
public sealed record MemberWish(string? Node, ImmutableArray<string> Labels);

/// <summary>What a team's file says.</summary>
/// <param name="Plan">The team.</param>
/// <param name="Wishes">Where its members are to be started.</param>
/// <param name="Warnings">Keys that nobody knows, with the nearest that somebody does.</param>
public sealed record TeamFileReading(TeamPlan Plan, ImmutableDictionary<AgentName, MemberWish> Wishes, ImmutableArray<string> Warnings);

/// <summary>Reads the files of teams.</summary>
public interface ITeamFiles
{
    /// <summary>What a file says, with its template and the defaults.</summary>
    /// <param name="file">The file.</param>
    /// <param name="prompt">What the role of a member says, by role and name.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="FormatException">It cannot be used; says where, what, and what to do.</exception>
    Task<TeamFileReading> ReadAsync(TeamFile file, Func<string, string, string?> prompt, CancellationToken cancellationToken);
}
