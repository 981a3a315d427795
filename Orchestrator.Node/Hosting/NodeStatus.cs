using System.Reflection;

using Orchestrator.Api;
using Orchestrator.Client;
using Orchestrator.Node.Settings;
using Orchestrator.Runtime;
using Orchestrator.Tmux;

namespace Orchestrator.Node.Hosting;

/// <summary>How this node is.</summary>
internal sealed class NodeStatus(NodeSettings settings, ActorSystem system, TmuxServer tmux, TimeProvider time) : INodeStatus
{
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();

    /// <summary>The version of this program.</summary>
    public static string Version { get; } = typeof(NodeStatus).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <inheritdoc/>
    public string Name => settings.Name;

    /// <summary>Where the API answers; known once it listens.</summary>
    public string Address { get; set; } = string.Empty;

    /// <inheritdoc/>
    public async Task<NodeInfo> GetAsync(CancellationToken cancellationToken)
        => new(Name, Version, Address, settings.Data, tmux.SocketPath, tmux.Identity?.Pid, _startedAt, await HealthAsync(cancellationToken));

    private async Task<string> HealthAsync(CancellationToken cancellationToken)
    {
        var runtime = await system.Inspection.HealthAsync(cancellationToken);
        if (!runtime.IsHealthy)
        {
            return runtime.Refusing
                ?? runtime.Store.Reason
                ?? runtime.Projections.Select(static p => p.Failure).FirstOrDefault(static f => f is not null)
                ?? $"the store is {runtime.Store.State}";
        }

        return tmux.IsAlive() ? "ready" : "the tmux server is gone and has not come back";
    }
}
