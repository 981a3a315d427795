using Orchestrator.Hocon.Resolution;
using Orchestrator.Hocon.Syntax;

namespace Orchestrator.Hocon;

/// <summary>One or several parsed texts, layered over each other, whose substitutions are not resolved yet: they are resolved together, so that every layer may refer to every other.</summary>
public sealed class HoconDocument
{
    private readonly IReadOnlyList<Node> _layers;
    private readonly HoconOptions _options;

    internal HoconDocument(IReadOnlyList<Node> layers, HoconOptions options)
    {
        _layers = layers;
        _options = options;
    }

    /// <summary>A document without keys.</summary>
    public static HoconDocument Empty { get; } = new([new ObjectNode(HoconOrigin.Of("empty"))], HoconOptions.Default);

    /// <summary>This document with another below it: what is set here counts more; objects in both are merged. <c>user.WithFallback(reference)</c>.</summary>
    /// <param name="fallback">The document that counts less.</param>
    /// <exception cref="HoconException">One of the documents is an array, which cannot be merged.</exception>
    public HoconDocument WithFallback(HoconDocument fallback)
    {
        ArgumentNullException.ThrowIfNull(fallback);
        IReadOnlyList<Node> layers = [.. _layers, .. fallback._layers];
        return layers.FirstOrDefault(layer => layer is ArrayNode) is { } array
            ? throw new HoconException(array.Origin, "this document is an array and cannot be layered with others: give the array a key")
            : new HoconDocument(layers, _options);
    }

    /// <summary>Resolves all substitutions. The result does not change when the environment does.</summary>
    /// <param name="options">The environment and the limits; those the topmost layer was parsed with if left out.</param>
    /// <exception cref="HoconException">A substitution finds nothing, values of different kinds are concatenated, there is a cycle, or the root is an array.</exception>
    public HoconObject Resolve(HoconOptions? options = null) => ResolveValue(options) as HoconObject
        ?? throw new HoconException(_layers[0].Origin, "this document is an array, expected an object: give the array a key");

    /// <summary>Resolves all substitutions of a document whose root may be an array.</summary>
    /// <param name="options">The environment and the limits; those the topmost layer was parsed with if left out.</param>
    /// <returns>A <see cref="HoconObject"/> or a <see cref="HoconArray"/>.</returns>
    /// <exception cref="HoconException">A substitution finds nothing, values of different kinds are concatenated, or there is a cycle.</exception>
    public HoconValue ResolveValue(HoconOptions? options = null) => Resolver.Resolve(_layers, options ?? _options);
}
