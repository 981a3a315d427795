using System.Collections.Immutable;
using System.Text.Json;

namespace Orchestrator.Actors.Messaging.Schema;

/// <summary><c>allOf</c>.</summary>
internal sealed class AllOfKeyword(ImmutableArray<SchemaNode> schemas) : Keyword("allOf")
{
    public override bool Check(JsonElement value, Validation run, Place at, Evaluated? seen)
        => schemas.Aggregate(seed: true, (holds, schema) => schema.Check(value, run, at, seen) && holds);
}

/// <summary><c>anyOf</c> and <c>oneOf</c>.</summary>
internal sealed class SomeOfKeyword(string name, ImmutableArray<SchemaNode> schemas, bool exactlyOne) : Keyword(name)
{
    public override bool Check(JsonElement value, Validation run, Place at, Evaluated? seen)
    {
        var held = 0;
        foreach (var schema in schemas)
        {
            held += schema.Try(value, run, at, seen) ? 1 : 0;
            if (held > 0 && !exactlyOne && seen is null)
            {
                return true;
            }
        }

        return (exactlyOne ? held == 1 : held > 0) || run.Fail(at, Name, $"it fits {held} of {schemas.Length} shapes: {(exactlyOne ? "exactly one" : "at least one")} is needed");
    }
}

/// <summary><c>not</c>.</summary>
internal sealed class NotKeyword(SchemaNode schema) : Keyword("not")
{
    public override bool Check(JsonElement value, Validation run, Place at, Evaluated? seen)
        => !schema.Try(value, run, at, seen is null ? null : new Evaluated()) || run.Fail(at, Name, "it is of a shape that is not allowed");
}

/// <summary><c>if</c>, <c>then</c> and <c>else</c>.</summary>
internal sealed class IfKeyword(SchemaNode condition, SchemaNode? then, SchemaNode? otherwise) : Keyword("if")
{
    public override bool Check(JsonElement value, Validation run, Place at, Evaluated? seen)
        => (condition.Try(value, run, at, seen) ? then : otherwise)?.Check(value, run, at, seen) ?? true;
}

/// <summary><c>$ref</c>.</summary>
internal sealed class RefKeyword(SchemaNode target) : Keyword("$ref")
{
    public override bool Check(JsonElement value, Validation run, Place at, Evaluated? seen) => target.Check(value, run, at, seen);
}

/// <summary>A <c>$ref</c> to the schema of schemas: whether the value is one.</summary>
internal sealed class IsSchemaKeyword() : Keyword("$ref")
{
    public override bool Check(JsonElement value, Validation run, Place at, Evaluated? seen)
    {
        var errors = SchemaShape.Check(value);
        return errors.IsEmpty || run.Fail(at, Name, $"it is no schema: {errors[0]}");
    }
}
