using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.Runtime;

/// <summary>
/// The one table from stored names to types, for events, commands, replies, worker commands: <c>agent.registered.v1</c>. A manifest, once released, is never
/// given to another type and stays readable for ever: an old one is mapped by an upcaster to the newest.
/// </summary>
public sealed class ManifestTable
{
    /// <summary>The <c>cluster.format</c> of a new cluster.</summary>
    public const int FirstFormat = 1;

    private readonly Dictionary<string, Type> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<Type, string> _manifests = [];
    private readonly Dictionary<Type, int> _formats = [];
    private readonly Dictionary<string, (string To, Func<JsonObject, JsonObject> Lift)> _upcasters = new(StringComparer.Ordinal);

    /// <summary>Makes a table that knows the runtime's own replies.</summary>
    public ManifestTable() => Map<Done>("done.v1").Map<Refused>("refused.v1")
        .Map<InspectNode>("runtime.inspect-node.v1").Map<NodeInspected>("runtime.node-inspected.v1").Map<ReadState>("runtime.read-state.v1").Map<StateRead>("runtime.state-read.v1");

    /// <summary>How payloads are written: camel case, enums by name, nothing written that is null.</summary>
    public JsonSerializerOptions Json { get; } = PayloadJson.Options;

    /// <summary>All manifests that can be read, sorted: the ones written and the ones lifted.</summary>
    public IReadOnlyList<string> Manifests => [.. _types.Keys.Concat(_upcasters.Keys).Order(StringComparer.Ordinal)];

    /// <summary>The type that is written under <paramref name="manifest"/>, or null.</summary>
    public Type? TypeOf(string manifest) => _types.GetValueOrDefault(manifest);

    /// <summary>The newest <c>cluster.format</c> that this table can read: the greatest of its manifests.</summary>
    public int Format => _formats.Count == 0 ? FirstFormat : _formats.Values.Max();

    /// <summary>The <c>cluster.format</c> from which on <paramref name="value"/> may be written.</summary>
    public int FormatOf(object value) => _formats.GetValueOrDefault(value.GetType(), FirstFormat);

    /// <summary>Maps <typeparamref name="T"/> to <paramref name="manifest"/>.</summary>
    /// <param name="manifest">The stored name.</param>
    /// <param name="format">The <c>cluster.format</c> from which on it may be written, from 1: a manifest that comes after a release has a greater one than all that the release knows, and is written only once every member can read it.</param>
    /// <exception cref="InvalidOperationException">The manifest or the type is taken.</exception>
    public ManifestTable Map<T>(string manifest, int format = FirstFormat)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(format, FirstFormat);
        if (format > FirstFormat)
        {
            _formats[typeof(T)] = format;
        }

        if (!_types.TryAdd(manifest, typeof(T)) || _upcasters.ContainsKey(manifest) || !_manifests.TryAdd(typeof(T), manifest))
        {
            throw new InvalidOperationException($"the manifest {manifest} or the type {typeof(T).Name} is mapped already");
        }

        return this;
    }

    /// <summary>Lifts payloads stored under <paramref name="old"/> to the shape of <paramref name="newer"/> when they are read.</summary>
    public ManifestTable Upcast(string old, string newer, Func<JsonObject, JsonObject> lift)
    {
        if (_types.ContainsKey(old) || !_upcasters.TryAdd(old, (newer, lift)))
        {
            throw new InvalidOperationException($"the manifest {old} is mapped already");
        }

        return this;
    }

    /// <summary>The manifest and the JSON bytes of <paramref name="value"/>.</summary>
    /// <exception cref="InvalidOperationException">Its type is not mapped.</exception>
    public (string Manifest, byte[] Payload) Write(object value)
        => _manifests.TryGetValue(value.GetType(), out var manifest)
            ? (manifest, JsonSerializer.SerializeToUtf8Bytes(value, value.GetType(), Json))
            : throw new InvalidOperationException($"{value.GetType().Name} has no manifest: map it in its module");

    /// <summary>Reads what was written under <paramref name="manifest"/>, lifting it if it is old.</summary>
    /// <exception cref="UnknownManifestException">This version does not know the manifest.</exception>
    public object Read(string manifest, ReadOnlySpan<byte> payload)
    {
        if (_types.TryGetValue(manifest, out var type))
        {
            return JsonSerializer.Deserialize(payload, type, Json) ?? throw new JsonException($"{manifest} has an empty payload");
        }

        if (!_upcasters.ContainsKey(manifest))
        {
            throw new UnknownManifestException(manifest);
        }

        var document = JsonSerializer.Deserialize<JsonObject>(payload, Json) ?? throw new JsonException($"{manifest} has an empty payload");
        while (_upcasters.TryGetValue(manifest, out var upcaster))
        {
            document = upcaster.Lift(document);
            manifest = upcaster.To;
        }

        return _types.TryGetValue(manifest, out type)
            ? document.Deserialize(type, Json) ?? throw new JsonException($"{manifest} has an empty payload")
            : throw new UnknownManifestException(manifest);
    }
}
