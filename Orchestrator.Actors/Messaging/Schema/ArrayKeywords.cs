using System.Collections.Immutable;
using System.Text.Json;

namespace Orchestrator.Actors.Messaging.Schema;

/// <summary><c>prefixItems</c>: a schema for each of the first items.</summary>
internal sealed class PrefixItemsKeyword(ImmutableArray<SchemaNode> schemas) : Keyword("prefixItems")
{
    public override bool Check(JsonElement value, Validation run, Place at, Evaluated? seen)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            return true;
        }

        var holds = true;
        foreach (var (index, item) in value.EnumerateArray().Take(schemas.Length).Index())
        {
            holds &= schemas[index].Check(item, run, at.To(index), seen: null);
            seen?.Add(index);
        }

        return holds;
    }
}

/// <summary><c>items</c>: a schema for all items after those of <c>prefixItems</c>.</summary>
internal sealed class ItemsKeyword(SchemaNode schema, int after) : Keyword("items")
{
    public override bool Check(JsonElement value, Validation run, Place at, Evaluated? seen)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            return true;
        }

        var holds = true;
        foreach (var (index, item) in value.EnumerateArray().Index().Skip(after))
        {
            holds &= schema.Check(item, run, at.To(index), seen: null);
        }

        seen?.AddAllItems();
        return holds;
    }
}

/// <summary><c>contains</c> with <c>minContains</c> and <c>maxContains</c>.</summary>
internal sealed class ContainsKeyword(SchemaNode schema, long least, long? most) : Keyword("contains")
{
    public override bool Check(JsonElement value, Validation run, Place at, Evaluated? seen)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            return true;
        }

        var found = 0;
        foreach (var (index, item) in value.EnumerateArray().Index())
        {
            if (schema.Try(item, run, at.To(index), seen: null))
            {
                found++;
                seen?.Add(index);
            }
        }

        return (found >= least && (most is null || found <= most))
            || run.Fail(at, Name, $"{found} of its items are as they should be: give at least {least}{(most is null ? string.Empty : $" and at most {most}")}");
    }
}

/// <summary><c>uniqueItems</c>.</summary>
internal sealed class UniqueItemsKeyword() : Keyword("uniqueItems")
{
    public override bool Check(JsonElement value, Validation run, Place at, Evaluated? seen)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            return true;
        }

        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, item) in value.EnumerateArray().Index())
        {
            if (!known.Add(CanonicalJson.Of(item)))
            {
                return run.Fail(at.To(index), Name, "it is there twice: give each item once");
            }
        }

        return true;
    }
}

/// <summary><c>minItems</c>, <c>maxItems</c>, <c>minProperties</c> and <c>maxProperties</c>.</summary>
internal sealed class CountKeyword(string name, JsonValueKind kind, long bound, bool most) : Keyword(name)
{
    public override bool Check(JsonElement value, Validation run, Place at, Evaluated? seen)
    {
        if (value.ValueKind != kind)
        {
            return true;
        }

        var (count, what) = kind == JsonValueKind.Array ? (value.GetArrayLength(), "items") : (value.GetPropertyCount(), "fields");
        return (most ? count <= bound : count >= bound) || run.Fail(at, Name, $"it has {count} {what}: give {(most ? "at most" : "at least")} {bound}");
    }
}

/// <summary><c>unevaluatedItems</c>: a schema for the items that no other rule has looked at.</summary>
internal sealed class UnevaluatedItemsKeyword(SchemaNode schema) : Keyword("unevaluatedItems")
{
    public override bool Last => true;

    public override bool Check(JsonElement value, Validation run, Place at, Evaluated? seen)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            return true;
        }

        var holds = true;
        foreach (var (index, item) in value.EnumerateArray().Index().Where(i => !seen!.Has(i.Index)))
        {
            holds &= schema.Check(item, run, at.To(index), seen: null);
        }

        seen!.AddAllItems();
        return holds;
    }
}
