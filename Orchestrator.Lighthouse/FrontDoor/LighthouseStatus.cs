using System.Reflection;

using Orchestrator.Api;
using Orchestrator.Client;
using Orchestrator.Hocon;
using Orchestrator.Lighthouse.Settings;
using Orchestrator.Runtime;

namespace Orchestrator.Lighthouse.FrontDoor;

/// <summary>How this lighthouse is, and with which settings.</summary>
internal sealed class LighthouseStatus(LighthouseSettings settings, ActorSystem system, TimeProvider time) : INodeStatus, ISettingsCatalog
{
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();

    /// <summary>The version of this program.</summary>
    public static string Version { get; } = typeof(LighthouseStatus).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <inheritdoc/>
    public string Name => settings.Name;

    /// <summary>Where the API answers; known once it listens.</summary>
    public string Address { get; set; } = string.Empty;

    /// <inheritdoc/>
    public async Task<NodeInfo> GetAsync(CancellationToken cancellationToken)
    {
        var runtime = await system.Inspection.HealthAsync(cancellationToken);
        var health = runtime.IsHealthy
            ? "ready"
            : runtime.Refusing ?? runtime.Store.Reason ?? runtime.Projections.Select(static p => p.Failure).FirstOrDefault(static f => f is not null) ?? $"the store is {runtime.Store.State}";
        return new NodeInfo(Name, Version, Address, settings.Data, TmuxSocket: string.Empty, TmuxServerPid: null, _startedAt, health);
    }

    /// <inheritdoc/>
    public IReadOnlyList<SettingInfo> List() => [.. SettingLeaf.Of(settings.Effective).Select(static leaf => new SettingInfo(leaf.Path, leaf.Value, leaf.Origin))];
}
