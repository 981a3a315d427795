using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;

using Orchestrator.Actors.Messaging.Schema;

namespace Orchestrator.Actors.Messaging.Protocol;

/// <summary>A type of messages: what its content must look like, and how an agent is told of it.</summary>
/// <param name="Name">Its name: lower-case letters, digits and underscores.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Schema">What its content must be; null if it has none, but a text.</param>
/// <param name="Template">The text, with <c>{field}</c> for each field of the content. A line whose fields are all missing is left out.</param>
/// <param name="StartsTopic">It begins something new, so that hops and exchanges are counted anew.</param>
/// <param name="BuiltIn">Nobody has defined it here.</param>
public sealed partial record MessageType(string Name, string Description, JsonSchema? Schema, string Template, bool StartsTopic, bool BuiltIn)
{
    /// <summary>What is wrong with a new type; null if nothing.</summary>
    public static string? WrongName(string name) => NamePattern().IsMatch(name) ? null : $"'{name}' is no name for a type: use 1 to 40 lower-case letters, digits and underscores, first a letter";

    [GeneratedRegex(@"\A[a-z][a-z0-9_]{0,39}\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NamePattern();
}

/// <summary>The types there are.</summary>
public sealed class MessageTypes
{
    /// <summary>The type of a message that says nothing of its type.</summary>
    public const string Default = "direct_message";

    /// <summary>The type that goes to many.</summary>
    public const string Broadcast = "broadcast";

    /// <summary>The type by which somebody asks how far another is.</summary>
    public const string StatusRequest = "status_request";

    /// <summary>The type by which somebody says how far it is.</summary>
    public const string StatusResponse = "status_response";

    /// <summary>The type that gives somebody something to do.</summary>
    public const string TaskAssignment = "task_assignment";

    /// <summary>The type by which somebody says that a task is over.</summary>
    public const string TaskCompletion = "task_completion";

    /// <summary>The type that needs somebody who can decide.</summary>
    public const string Escalation = "escalation";

    private const string Text = """{"type":"string","minLength":1}""";
    private const string Texts = """{"type":"array","items":{"type":"string","minLength":1},"maxItems":100}""";
    private const string Priorities = """{"enum":["low","medium","high","urgent"]}""";

    /// <summary>The eight types that are always there.</summary>
    public static readonly MessageTypes BuiltIn = new([
        Of(StatusRequest, "Asks how far somebody is.", startsTopic: true, ["about"], [], $$"""
            "about":{{Text}},"due":{{Text}}
            """, "STATUS REQUEST\nAbout: {about}\nAnswer by: {due}\nAnswer with what is done, what is current, blockers and when it will be ready."),
        Of(StatusResponse, "Says how far somebody is.", startsTopic: false, ["done", "current"], [], $$"""
            "done":{{Texts}},"current":{{Text}},"blockers":{{Texts}},"eta":{{Text}}
            """, "STATUS\nDone: {done}\nCurrent: {current}\nBlockers: {blockers}\nETA: {eta}"),
        Of(TaskAssignment, "Gives somebody something to do.", startsTopic: true, ["id", "objective", "success_criteria"], ["id", "assignee"], $$"""
            "id":{{Text}},"assignee":{{Text}},"objective":{{Text}},"success_criteria":{{Texts[..^1]}},"minItems":1},"priority":{{Priorities}},"deadline":{{Text}},"notes":{{Text}}
            """, "TASK {id}\nAssignee: {assignee}\nObjective: {objective}\nSuccess criteria: {success_criteria}\nPriority: {priority}\nDeadline: {deadline}\nNotes: {notes}"),
        Of(TaskCompletion, "Says that a task is over, and how.", startsTopic: true, ["id", "status", "summary"], ["id"], $$"""
            "id":{{Text}},"status":{"enum":["completed","partial","failed","blocked"]},"time":{{Text}},"summary":{{Text}},"deliverables":{{Texts}},"issues":{{Texts}},"next_steps":{{Texts}}
            """, "TASK {id} {status}\nTime: {time}\nSummary: {summary}\nDeliverables: {deliverables}\nIssues: {issues}\nNext steps: {next_steps}"),
        Of("coordination", "Agrees on something with others.", startsTopic: false, ["topic", "action"], ["topic"], $$"""
            "topic":{{Text}},"stakeholders":{{Texts}},"action":{{Text}},"timeline":{{Text}},"dependencies":{{Texts}}
            """, "COORDINATION: {topic}\nStakeholders: {stakeholders}\nAction: {action}\nTimeline: {timeline}\nDependencies: {dependencies}"),
        Of(Escalation, "Needs somebody who can decide.", startsTopic: true, ["issue", "severity", "requesting"], ["severity"], $$"""
            "issue":{{Text}},"severity":{"enum":["low","medium","high","critical"]},"components":{{Texts}},"attempts":{{Texts}},"requesting":{{Text}},"urgency":{{Text}}
            """, "ESCALATION ({severity})\nIssue: {issue}\nComponents: {components}\nTried: {attempts}\nRequesting: {requesting}\nUrgency: {urgency}"),
        new MessageType(Broadcast, "Tells many the same.", Schema: null, string.Empty, StartsTopic: true, BuiltIn: true),
        new MessageType(Default, "A text for one.", Schema: null, string.Empty, StartsTopic: false, BuiltIn: true),
    ]);

    private readonly ImmutableSortedDictionary<string, MessageType> _types;

    private MessageTypes(IEnumerable<MessageType> types) => _types = types.ToImmutableSortedDictionary(static t => t.Name, static t => t, StringComparer.Ordinal);

    /// <summary>All, in the order of their names.</summary>
    public IEnumerable<MessageType> All => _types.Values;

    /// <summary>Their names, for error messages.</summary>
    public string Names => string.Join(", ", _types.Keys);

    /// <summary>The type of this name, or null.</summary>
    public MessageType? Find(string name) => _types.GetValueOrDefault(name);

    /// <summary>These and <paramref name="more"/>.</summary>
    public MessageTypes With(IEnumerable<MessageType> more) => new(_types.Values.Concat(more));

    private static MessageType Of(string name, string description, bool startsTopic, string[] required, string[] lines, string properties, string template)
    {
        // What stands in a heading has one line.
        var json = JsonDocument.Parse($$"""{"type":"object","required":{{JsonSerializer.Serialize(required)}},"properties":{ {{properties}} },"additionalProperties":false}""").RootElement;
        var schema = lines.Length == 0 ? json : JsonDocument.Parse($$"""
            {"allOf":[{{json.GetRawText()}}],"properties":{ {{string.Join(',', lines.Select(static line => $$"""
                "{{line}}":{"pattern":"^[^\\n\\r]{1,200}$"}
                """))}} } }
            """).RootElement;
        return new MessageType(name, description, JsonSchema.Compile(schema), template, startsTopic, BuiltIn: true);
    }
}
