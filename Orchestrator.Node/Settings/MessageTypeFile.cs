using System.Text.Json;

using Orchestrator.Actors.Messaging.Protocol;
using Orchestrator.Actors.Messaging.Schema;
using Orchestrator.Hocon;

namespace Orchestrator.Node.Settings;

/// <summary>Reads <c>messages.conf</c> of the data folder: types of messages of one's own, each a schema and a template.</summary>
internal static class MessageTypeFile
{
    /// <summary>Its name.</summary>
    public const string Name = "messages.conf";

    private const int MostTypes = 200;
    private const int LongestDescription = 500;

    private static readonly string[] Keys = ["description", "schema", "template", "starts-topic"];
    private static readonly HoconRenderOptions Json = new() { Json = true };

    /// <summary>The built-in types and those of the file, if there is one.</summary>
    /// <param name="folder">The data folder.</param>
    /// <exception cref="HoconException">A type cannot be used; says which, where, and what to do.</exception>
    public static MessageTypes Read(string folder)
    {
        var path = Path.Combine(folder, Name);
        return File.Exists(path) ? Read(HoconParser.ParseFile(path).Resolve()) : MessageTypes.BuiltIn;
    }

    /// <summary>The built-in types and those of a document.</summary>
    /// <exception cref="HoconException">A type cannot be used; says which, where, and what to do.</exception>
    public static MessageTypes Read(HoconObject document)
    {
        if (document.Keys.FirstOrDefault(static key => key != "types") is { } other)
        {
            throw new HoconException(document.KeyOrigin(other), $"{other} is unknown in {Name}: it has types {{ NAME {{ schema {{ ... }} }} }}");
        }

        if (!document.TryGetValue("types", out var value))
        {
            return MessageTypes.BuiltIn;
        }

        var section = value as HoconObject ?? throw new HoconException(value.Origin, "types is no section: write types { NAME { schema { ... } } }");
        return section.Count <= MostTypes
            ? MessageTypes.BuiltIn.With([.. section.Keys.Select(name => Type(name, section))])
            : throw new HoconException(section.Origin, $"there are {section.Count} types: at most {MostTypes}");
    }

    private static MessageType Type(string name, HoconObject section)
    {
        var origin = section.KeyOrigin(name);
        if (MessageType.WrongName(name) is { } wrong)
        {
            throw new HoconException(origin, wrong);
        }

        if (MessageTypes.BuiltIn.Find(name) is not null)
        {
            throw new HoconException(origin, $"the type {name} is always there and cannot be changed: choose another name");
        }

        var type = section[name] as HoconObject ?? throw new HoconException(origin, $"types.{name} is no section: write {name} {{ schema {{ ... }} }}");
        if (type.Keys.FirstOrDefault(static key => !Keys.Contains(key)) is { } unknown)
        {
            throw new HoconException(type.KeyOrigin(unknown), $"types.{name}.{unknown} is unknown: a type has {string.Join(", ", Keys)}");
        }

        return new MessageType(name, Description(name, type), Schema(name, type), Template(name, type), type.TryGetValue("starts-topic", out _) && type.GetBoolean("starts-topic"), BuiltIn: false);
    }

    private static string Description(string name, HoconObject type)
        => !type.TryGetString("description", out var text) ? string.Empty
            : text.Length <= LongestDescription ? text
            : throw new HoconException(type.KeyOrigin("description"), $"types.{name}.description has {text.Length} characters: at most {LongestDescription}");

    private static string Template(string name, HoconObject type)
        => !type.TryGetString("template", out var text) ? string.Empty
            : MessageTemplate.Wrong(text) is { } wrong ? throw new HoconException(type.KeyOrigin("template"), $"types.{name}.template: {wrong}")
            : text;

    private static JsonSchema Schema(string name, HoconObject type)
    {
        if (!type.TryGetValue("schema", out var value) || value is not HoconObject schema)
        {
            throw new HoconException(type.Origin, $"types.{name} has no schema: write schema {{ type = object, properties {{ ... }} }}, a JSON Schema of draft 2020-12");
        }

        var json = JsonDocument.Parse(HoconRenderer.Render(schema, Json)).RootElement;
        if (JsonSchema.UnknownKeywords(json) is [var unknown, ..])
        {
            throw new HoconException(schema.Origin, $"types.{name}.schema{unknown} is no keyword of JSON Schema (draft 2020-12): correct its spelling");
        }

        // What is written as fields must be an object: nothing else has any.
        if (!json.TryGetProperty("type", out var kind) || kind.ValueKind != JsonValueKind.String || kind.GetString() != "object")
        {
            throw new HoconException(schema.Origin, $"types.{name}.schema is not that of an object: give it type = object");
        }

        try
        {
            return JsonSchema.Compile(json);
        }
        catch (SchemaException e)
        {
            throw new HoconException(schema.Origin, $"types.{name}.schema{e.Errors[0].Place}: {e.Errors[0].Message}");
        }
    }
}
