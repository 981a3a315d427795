using System.Text.Json.Nodes;

namespace Orchestrator.Node.Hooks;

/// <summary>Adds to a JSON document without taking anything from it.</summary>
internal static class JsonMerge
{
    /// <summary>Objects are merged, arrays put one behind the other; of other values <paramref name="added"/>'s is taken.</summary>
    public static JsonNode? Of(JsonNode? there, JsonNode? added)
    {
        switch (there, added)
        {
            case (JsonObject one, JsonObject other):
                var merged = new JsonObject();
                foreach (var (name, value) in one)
                {
                    merged[name] = other.ContainsKey(name) ? Of(value, other[name]) : value?.DeepClone();
                }

                foreach (var (name, value) in other.Where(field => !one.ContainsKey(field.Key)))
                {
                    merged[name] = value?.DeepClone();
                }

                return merged;
            case (JsonArray one, JsonArray other):
                return new JsonArray([.. one.Concat(other).Select(static item => item?.DeepClone())]);
            default:
                return (added ?? there)?.DeepClone();
        }
    }
}
