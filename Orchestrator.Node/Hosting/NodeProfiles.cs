using Orchestrator.Api;
using Orchestrator.Client;
using Orchestrator.Node.Profiles;
using Orchestrator.Node.Workers.Starting;

namespace Orchestrator.Node.Hosting;

/// <summary>The profiles of this node, as its worker and as its API need them.</summary>
internal sealed class NodeProfiles(ProfileCatalog catalog, string orc) : IProfileLibrary, IProfileCatalog
{
    /// <summary>Keys of profiles that nobody knows.</summary>
    public IReadOnlyList<string> Warnings => catalog.Warnings;

    /// <inheritdoc/>
    public IEnumerable<string> Names => catalog.Names;

    /// <inheritdoc cref="IProfileLibrary.Find"/>
    public AgentProfile? Find(string name) => catalog.TryGet(name, out var profile) ? profile : null;

    /// <inheritdoc/>
    public IReadOnlyList<CatalogProfile> List() => [.. catalog.Names.Select(name => Described(catalog[name]))];

    /// <inheritdoc/>
    CatalogProfile? IProfileCatalog.Find(string name) => Find(name) is { } profile ? Described(profile) : null;

    private CatalogProfile Described(AgentProfile profile) => new(
        new ProfileInfo(profile.Name, profile.Description, profile.Command, profile.CommandReplaceable, ProgramFiles.Find(profile.Command[0].Replace("{orc}", orc, StringComparison.Ordinal)) is not null, PaneStarter.Traits(profile).Answers, Confirms: profile.Transcript is not null),
        PaneStarter.Traits(profile),
        new RoleWays(profile.Role.PromptBy, profile.Role.ModelBy, profile.Role.TemperatureBy));
}
