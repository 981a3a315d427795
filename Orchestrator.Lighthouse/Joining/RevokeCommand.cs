using Orchestrator.Lighthouse.Hosting;
using Orchestrator.Lighthouse.Settings;

namespace Orchestrator.Lighthouse.Joining;

/// <summary><c>orchestrator-lighthouse revoke</c>: has the lighthouse that runs with this data folder take from a node what it was given.</summary>
internal static class RevokeCommand
{
    /// <summary>Revokes a node.</summary>
    /// <exception cref="LighthouseException">It was not revoked; says why.</exception>
    public static async Task RunAsync(LighthouseSettings settings, string node, string reason)
    {
        await OperatorClient.PostAsync(settings, "/api/v1/revocations", new RevokeRequest(node, reason), JoinJson.Default.RevokeRequest, JoinJson.Default.HealthInfo);
        Console.WriteLine($"{node} is revoked: its certificate counts no more, its sessions in the database are ended, and it is down");
    }
}
