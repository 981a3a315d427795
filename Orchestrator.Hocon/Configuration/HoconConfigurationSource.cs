using Microsoft.Extensions.Configuration;

namespace Orchestrator.Hocon.Configuration;

/// <summary>Makes a HOCON document a source of configuration. It is parsed and resolved when the configuration is built or reloaded.</summary>
/// <param name="document">Gives the document.</param>
internal sealed class HoconConfigurationSource(Func<HoconDocument> document) : IConfigurationSource
{
    public IConfigurationProvider Build(IConfigurationBuilder builder) => new HoconConfigurationProvider(document);
}
