namespace Orchestrator.Tests.Cluster.Chaos;

/// <summary>A test in network namespaces; skipped, with the reason, where they cannot be made.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NetworkFactAttribute : FactAttribute
{
    /// <summary>Looks whether they can be made.</summary>
    public NetworkFactAttribute()
    {
        if (!ChaosNetwork.IsPossible)
        {
            Skip = "network namespaces need root and the program ip";
        }
    }
}
