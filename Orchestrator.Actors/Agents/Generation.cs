using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestrator.Actors.Agents;

/// <summary>How often an agent has been placed on a node. Each placement is one more; what belongs to an older one is stale and refused.</summary>
[JsonConverter(typeof(GenerationConverter))]
public readonly record struct Generation(long Value)
{
    /// <summary>Never placed.</summary>
    public static readonly Generation None;

    /// <summary>The generation of the next placement.</summary>
    public Generation Next() => new(Value + 1);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString();

    private sealed class GenerationConverter : JsonConverter<Generation>
    {
        public override Generation Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetInt64());

        public override void Write(Utf8JsonWriter writer, Generation value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Value);
    }
}
