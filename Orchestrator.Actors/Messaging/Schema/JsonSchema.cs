using System.Collections.Immutable;
using System.Text.Json;

namespace Orchestrator.Actors.Messaging.Schema;

/// <summary>
/// A JSON Schema of draft 2020-12, compiled once and used from any thread. It knows every keyword of the draft but <c>$dynamicRef</c>; <c>format</c> is a note, as the draft has it by default.
/// References lead only into the schema itself and to the schema of schemas: nothing is fetched. Depth, steps and the time of regular expressions are bounded.
/// </summary>
public sealed class JsonSchema
{
    private readonly SchemaNode _root;

    private JsonSchema(JsonElement source, SchemaNode root)
    {
        Source = source;
        _root = root;
    }

    /// <summary>As it was written.</summary>
    public JsonElement Source { get; }

    /// <summary>Compiles <paramref name="schema"/>.</summary>
    /// <exception cref="SchemaException">It is no schema; the errors say where and why.</exception>
    public static JsonSchema Compile(JsonElement schema)
    {
        var own = schema.Clone();
        var wrong = SchemaShape.Check(own);
        return wrong.IsEmpty ? new JsonSchema(own, new SchemaCompiler(own).Compile()) : throw new SchemaException(wrong);
    }

    /// <summary>The keywords in <paramref name="schema"/> that the draft does not know. They are allowed and mean nothing, so in a schema that a person writes they are misspelled.</summary>
    public static ImmutableArray<string> UnknownKeywords(JsonElement schema) => SchemaShape.Unknown(schema);

    /// <summary>What is wrong with <paramref name="value"/>, at most 20 errors; nothing if it is as the schema says.</summary>
    public ImmutableArray<SchemaError> Validate(JsonElement value)
    {
        if (!CanonicalJson.IsText(value))
        {
            return [new SchemaError(string.Empty, "text", "a text in it is not valid Unicode: it has half of a surrogate pair")];
        }

        var run = new Validation();
        var valid = _root.Check(value, run, Place.Root, seen: null);
        return run.Limit is { } limit ? [limit] : valid ? [] : run.Errors;
    }
}
