namespace Orchestrator.Node.Profiles;

/// <summary>The profiles of this node.</summary>
internal interface IProfileLibrary
{
    /// <summary>Their names.</summary>
    IEnumerable<string> Names { get; }

    /// <summary>The profile of this name, or null.</summary>
    AgentProfile? Find(string name);
}
