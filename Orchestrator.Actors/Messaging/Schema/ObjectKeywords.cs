using System.Collections.Immutable;
using System.Text.Json;

namespace Orchestrator.Actors.Messaging.Schema;

/// <summary><c>properties</c>.</summary>
internal sealed class PropertiesKeyword(ImmutableDictionary<string, SchemaNode> schemas) : Keyword("properties")
{
    public override bool Check(JsonElement value, Validation run, Place at, Evaluated? seen)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return true;
        }

        var holds = true;
        foreach (var property in value.EnumerateObject())
        {
            if (schemas.TryGetValue(property.Name, out var schema))
            {
                holds &= schema.Check(property.Value, run, at.To(property.Name), seen: null);
                seen?.Add(property.Name);
            }
        }

        return holds;
    }
}

/// <summary><c>patternProperties</c>.</summary>
internal sealed class PatternPropertiesKeyword(ImmutableArray<(SchemaPattern Pattern, SchemaNode Schema)> schemas) : Keyword("patternProperties")
{
    public override bool Check(JsonElement value, Validation run, Place at, Evaluated? seen)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return true;
        }

        var holds = true;
        foreach (var property in value.EnumerateObject())
        {
            foreach (var (pattern, schema) in schemas)
            {
                var place = at.To(property.Name);
                switch (pattern.Matches(property.Name))
                {
                    case null:
                        return run.Exceed(place, Name, $"the pattern {pattern.Source} takes too long on it");
                    case true:
                        holds &= schema.Check(property.Value, run, place, seen: null);
                        seen?.Add(property.Name);
                        break;
                    default:
                        break;
                }
            }
        }

        return holds;
    }
}

/// <summary><c>additionalProperties</c>: a schema for the fields that neither <c>properties</c> nor <c>patternProperties</c> beside it name.</summary>
internal sealed class AdditionalPropertiesKeyword(SchemaNode schema, ImmutableHashSet<string> named, ImmutableArray<SchemaPattern> patterns) : Keyword("additionalProperties")
{
    public override bool Check(JsonElement value, Validation run, Place at, Evaluated? seen)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return true;
        }

        var holds = true;
        foreach (var property in value.EnumerateObject().Where(p => !named.Contains(p.Name) && !patterns.Any(pattern => pattern.Matches(p.Name) != false)))
        {
            holds &= schema.Always == false
                ? run.Fail(at.To(property.Name), Name, $"there is no such field{(named.IsEmpty ? string.Empty : $": those there are: {string.Join(", ", named.Order(StringComparer.Ordinal))}")}")
                : schema.Check(property.Value, run, at.To(property.Name), seen: null);
            seen?.Add(property.Name);
        }

        return holds;
    }
}

/// <summary><c>propertyNames</c>: a schema for the names of all fields.</summary>
internal sealed class PropertyNamesKeyword(SchemaNode schema) : Keyword("propertyNames")
{
    public override bool Check(JsonElement value, Validation run, Place at, Evaluated? seen)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return true;
        }

        var holds = true;
        foreach (var property in value.EnumerateObject())
        {
            var name = JsonSerializer.SerializeToElement(property.Name);
            holds &= schema.Check(name, run, at.To(property.Name), seen: null);
        }

        return holds;
    }
}

/// <summary><c>required</c>.</summary>
internal sealed class RequiredKeyword(ImmutableArray<string> names) : Keyword("required")
{
    public override bool Check(JsonElement value, Validation run, Place at, Evaluated? seen)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return true;
        }

        var holds = true;
        foreach (var name in names.Where(name => !value.TryGetProperty(name, out _)))
        {
            holds = run.Fail(at.To(name), Name, "it is missing");
        }

        return holds;
    }
}

/// <summary><c>dependentRequired</c>.</summary>
internal sealed class DependentRequiredKeyword(ImmutableDictionary<string, ImmutableArray<string>> needs) : Keyword("dependentRequired")
{
    public override bool Check(JsonElement value, Validation run, Place at, Evaluated? seen)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return true;
        }

        var holds = true;
        foreach (var (name, others) in needs.Where(need => value.TryGetProperty(need.Key, out _)))
        {
            foreach (var other in others.Where(other => !value.TryGetProperty(other, out _)))
            {
                holds = run.Fail(at.To(other), Name, $"it is missing, and {name} needs it");
            }
        }

        return holds;
    }
}

/// <summary><c>dependentSchemas</c>.</summary>
internal sealed class DependentSchemasKeyword(ImmutableDictionary<string, SchemaNode> needs) : Keyword("dependentSchemas")
{
    public override bool Check(JsonElement value, Validation run, Place at, Evaluated? seen)
        => value.ValueKind != JsonValueKind.Object
            || needs.Where(need => value.TryGetProperty(need.Key, out _)).Aggregate(seed: true, (holds, need) => need.Value.Check(value, run, at, seen) && holds);
}

/// <summary><c>unevaluatedProperties</c>: a schema for the fields that no other rule has looked at.</summary>
internal sealed class UnevaluatedPropertiesKeyword(SchemaNode schema) : Keyword("unevaluatedProperties")
{
    public override bool Last => true;

    public override bool Check(JsonElement value, Validation run, Place at, Evaluated? seen)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return true;
        }

        var holds = true;
        foreach (var property in value.EnumerateObject().Where(p => !seen!.Has(p.Name)))
        {
            holds &= schema.Check(property.Value, run, at.To(property.Name), seen: null);
        }

        seen!.AddAllNames();
        return holds;
    }
}
