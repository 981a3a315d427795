using System.Collections.Immutable;

namespace Orchestrator.Node.Hooks;

/// <summary>What is set for one process of a program beside its command, and nowhere else.</summary>
public interface IProgramSettings
{
    /// <summary>Words put after those of the command; the placeholders of <see cref="Profiles.LaunchContext"/> are replaced.</summary>
    ImmutableArray<string> Arguments { get; }

    /// <summary>Variables that are set for the program; placeholders are replaced.</summary>
    ImmutableDictionary<string, string> Environment { get; }

    /// <summary>Files that are written before it is started; those of one path are put together.</summary>
    ImmutableArray<HookFile> Files { get; }

    /// <summary>
    /// The program believes such files only below folders that belong to root and that nobody else may write to; where that is not so nothing is installed, because its system's own file, in whose
    /// place they are put, would be passed over with them.
    /// </summary>
    bool OnlyIfRootOwned { get; }

    /// <summary>Whether there is anything to install.</summary>
    bool IsOn { get; }
}
