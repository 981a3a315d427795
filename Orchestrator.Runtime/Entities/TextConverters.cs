using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestrator.Runtime;

/// <summary>Writes a value that is a text in a type of its own as that text.</summary>
internal abstract class TextConverter<T> : JsonConverter<T>
{
    protected abstract T Parse(string text);

    protected abstract string Format(T value);

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => ParseOrThrow(reader.GetString());

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(Format(value));

    public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => ParseOrThrow(reader.GetString());

    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WritePropertyName(Format(value));

    private T ParseOrThrow(string? text)
    {
        try
        {
            return Parse(text ?? throw new JsonException($"a {typeof(T).Name} is missing"));
        }
        catch (FormatException e)
        {
            throw new JsonException(e.Message, e);
        }
    }
}

internal sealed class EntityIdConverter : TextConverter<EntityId>
{
    protected override EntityId Parse(string text) => EntityId.Parse(text);

    protected override string Format(EntityId value) => value.ToString();
}

internal sealed class CommandIdConverter : TextConverter<CommandId>
{
    protected override CommandId Parse(string text) => new(text);

    protected override string Format(CommandId value) => value.Value;
}

internal sealed class SenderConverter : TextConverter<Sender>
{
    protected override Sender Parse(string text) => new(text);

    protected override string Format(Sender value) => value.Value;
}
