using Orchestrator.Client;

namespace Orchestrator.Api;

/// <summary>The policies by which dialogs of agents are decided without a person.</summary>
public interface IPolicyCatalog
{
    /// <summary>All, in the order of their names.</summary>
    IReadOnlyList<PolicyInfo> List();
}
