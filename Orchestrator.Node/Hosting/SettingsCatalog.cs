using Orchestrator.Api;
using Orchestrator.Client;
using Orchestrator.Hocon;
using Orchestrator.Node.Settings;

namespace Orchestrator.Node.Hosting;

/// <summary>The settings of this node as operators may see them.</summary>
internal sealed class SettingsCatalog(NodeSettings settings) : ISettingsCatalog
{
    /// <inheritdoc/>
    public IReadOnlyList<SettingInfo> List() => [.. SettingLeaf.Of(settings.Effective).Select(static leaf => new SettingInfo(leaf.Path, leaf.Value, leaf.Origin))];
}
