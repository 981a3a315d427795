using Microsoft.Extensions.Configuration;
using Orchestrator.Hocon.Configuration;

namespace Orchestrator.Hocon;

/// <summary>Adds HOCON to a configuration.</summary>
public static class HoconConfigurationExtensions
{
    /// <summary>Adds a HOCON file. Its substitutions see the file, what it includes and the environment; to let several files refer to each other, layer them with <see cref="HoconDocument.WithFallback"/> and use <see cref="AddHocon"/>.</summary>
    /// <param name="builder">The configuration to add to.</param>
    /// <param name="path">The file.</param>
    /// <param name="optional">Whether it may be missing.</param>
    /// <remarks>Building the configuration throws a <see cref="HoconException"/> if the file cannot be used.</remarks>
    public static IConfigurationBuilder AddHoconFile(this IConfigurationBuilder builder, string path, bool optional = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(path);
        return builder.Add(new HoconConfigurationSource(() => optional && !File.Exists(path) ? HoconDocument.Empty : HoconParser.ParseFile(path)));
    }

    /// <summary>Adds a document, which is resolved when the configuration is built.</summary>
    /// <param name="builder">The configuration to add to.</param>
    /// <param name="document">The document.</param>
    /// <remarks>Building the configuration throws a <see cref="HoconException"/> if the document does not resolve.</remarks>
    public static IConfigurationBuilder AddHocon(this IConfigurationBuilder builder, HoconDocument document)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(document);
        return builder.Add(new HoconConfigurationSource(() => document));
    }
}
