using Orchestrator.Api;
using Orchestrator.Client;
using Orchestrator.Hocon;
using Orchestrator.Node.Settings;

namespace Orchestrator.Node.Hosting;

/// <summary>The settings of this node as operators may see them.</summary>
internal sealed class SettingsCatalog(NodeSettings settings) : ISettingsCatalog
{
    private static readonly string[] Secret = ["password", "secret", "token", "key"];

    /// <inheritdoc/>
    public IReadOnlyList<SettingInfo> List() => [.. Leaves("", settings.Effective).OrderBy(static s => s.Path, StringComparer.Ordinal)];

    private static IEnumerable<SettingInfo> Leaves(string path, HoconValue value)
    {
        if (value is HoconObject branch)
        {
            return branch.SelectMany(field => Leaves(path.Length == 0 ? field.Key : $"{path}.{field.Key}", field.Value));
        }

        var hidden = Secret.Any(word => path[(path.LastIndexOf('.') + 1)..].Contains(word, StringComparison.OrdinalIgnoreCase));
        return [new SettingInfo(path, hidden ? "(redacted)" : value.ToString(), value.Origin.ToString())];
    }
}
