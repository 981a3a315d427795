using Orchestrator.Api;

namespace Orchestrator.Lighthouse.FrontDoor;

/// <summary>Files of teams and their templates lie on nodes, which alone read them.</summary>
internal sealed class TeamFilesOfNodes : ITeamFiles
{
    /// <inheritdoc/>
    public TeamFileReading Read(TeamFile file, Func<string, string, string?> prompt)
        => throw new FormatException($"{file.Source}: a lighthouse reads no files of teams, their templates lie on nodes: ask a node (orc --data FOLDER or --url ADDRESS)");
}
