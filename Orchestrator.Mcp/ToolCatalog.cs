using System.Collections.Immutable;
using System.Text.Json;

namespace Orchestrator.Mcp;

/// <summary>All tools. What each does stands beside its kind; here is what a model is told of it.</summary>
internal static class ToolCatalog
{
    /// <summary>What a model is told of all of them.</summary>
    public const string Instructions = """
        You are one agent of a team that an orchestrator runs. These tools speak to the orchestrator, in your name: it knows who you are. Messages to you come into this conversation by themselves,
        each in a line "[message ID from SENDER]". What a person asks you in such a message is answered by what you say in this turn; other agents hear only what you send them.
        """;

    private const string MessageId = """
        "id": { "type": "string", "description": "An id of your own for this message, a ULID. Without it the same message within five minutes is sent once, however often you call." }
        """;

    public static ImmutableArray<AgentTool> All { get; } =
    [
        Tool("list_team", "Lists the agents of your team: name, role, what each is doing, and which one is you.", ["list_team", "agents:read"], "", [], MessageTools.ListTeamAsync, readOnly: true),
        Tool(
            "send_message",
            "Sends a message to another agent of the team, who gets it as soon as it can take one. Use it to tell or ask another agent something. It does not wait for an answer: an answer comes to you as a message. One topic a message.",
            ["send", "messages:write"],
            $$"""
            "to": { "type": "string", "description": "The name of an agent, as list_team shows it; or role:ROLE, team:TEAM." },
            "text": { "type": "string", "description": "What you want to say." },
            "priority": { "type": "string", "enum": ["low", "medium", "high", "urgent"], "description": "medium unless said." },
            "wants_answer": { "type": "boolean", "description": "What it says in the turn that your message begins comes back to you as a message by itself. For questions." },
            {{MessageId}}
            """,
            ["to", "text"],
            MessageTools.SendAsync),
        Tool(
            "reply",
            "Answers a message that another agent has sent you. A person needs no reply by this tool: they get what you say in this turn.",
            ["reply", "send", "messages:write"],
            $$"""
            "message": { "type": "string", "description": "The id of the message, from its line [message ID from SENDER] or from read_inbox." },
            "text": { "type": "string", "description": "Your answer." },
            {{MessageId}}
            """,
            ["message", "text"],
            MessageTools.ReplyAsync),
        Tool(
            "read_inbox",
            "Lists the messages that you got lately and those that wait for you, the newest first. They come to you by themselves: use this to read one again, or to find an id.",
            ["read_inbox", "messages:read"],
            """
            "limit": { "type": "number", "description": "How many, 1 to 50; 10 unless said." }
            """,
            [],
            MessageTools.ReadInboxAsync,
            readOnly: true),
        Tool(
            "list_tasks",
            "Lists the tasks that are for you or for your role, with their states; all of the team if your role assigns tasks.",
            ["own_tasks", "assign_tasks", "tasks:read"],
            """
            "closed": { "type": "boolean", "description": "Also those that are done or cancelled." }
            """,
            [],
            TaskTools.ListAsync,
            readOnly: true),
        Tool(
            "start_task",
            "Says that you begin a task, and returns what it is. Without an id it takes the next one for you or your role.",
            ["own_tasks", "tasks:write"],
            """
            "task": { "type": "string", "description": "The id of the task." }
            """,
            [],
            TaskTools.StartAsync),
        Tool(
            "report_progress",
            "Reports how far you are with a task that you have started. Use it at every step that matters: a task without progress is taken for stuck.",
            ["own_tasks", "tasks:write"],
            """
            "task": { "type": "string", "description": "The id of the task." },
            "text": { "type": "string", "description": "What is done, what comes next, what is in the way." }
            """,
            ["task", "text"],
            TaskTools.ReportAsync),
        Tool(
            "complete_task",
            "Says that a task of yours is complete, with evidence. Its check and its reviewer decide whether it is; if not, you get a message that says what is missing.",
            ["own_tasks", "tasks:write"],
            """
            "task": { "type": "string", "description": "The id of the task." },
            "summary": { "type": "string", "description": "What was done." },
            "evidence": { "type": "array", "items": { "type": "string" }, "description": "What shows it: files, commits, results of tests, addresses." }
            """,
            ["task", "summary", "evidence"],
            TaskTools.CompleteAsync),
        Tool(
            "fail_task",
            "Says that a task of yours cannot be done, and why. Somebody else then decides what becomes of it.",
            ["own_tasks", "tasks:write"],
            """
            "task": { "type": "string", "description": "The id of the task." },
            "reason": { "type": "string", "description": "Why, what you tried, what would help." }
            """,
            ["task", "reason"],
            TaskTools.FailAsync),
        Tool(
            "assign_task",
            "Adds a task for an agent or a role of your team. It gets it as a message when it is its turn, and you see with list_tasks how it goes.",
            ["assign_tasks", "tasks:write"],
            """
            "objective": { "type": "string", "description": "What is to be reached." },
            "agent": { "type": "string", "description": "The agent that is to do it; or role." },
            "role": { "type": "string", "description": "The role of which any agent of your team may do it." },
            "criteria": { "type": "array", "items": { "type": "string" }, "description": "By what it is seen that it is done." },
            "after": { "type": "array", "items": { "type": "string" }, "description": "Ids of tasks that must be done before." },
            "reviewer": { "type": "string", "description": "An agent, or person, who accepts it." },
            "priority": { "type": "string", "enum": ["low", "medium", "high", "urgent"] },
            "notes": { "type": "string", "description": "What else there is to know." },
            "id": { "type": "string", "description": "An id of your own: lower-case letters, digits and dashes. Without it the same task within five minutes is added once." }
            """,
            ["objective"],
            TaskTools.AssignAsync),
        Tool(
            "ask_person",
            "Asks a person something that you cannot decide or find out. It does not wait: go on with other work, or end your turn; the answer comes to you as a message.",
            ["ask_person"],
            """
            "question": { "type": "string", "description": "The question, with what a person must know to answer it." },
            "choices": { "type": "array", "items": { "type": "string" }, "description": "Answers to choose from, if there are a few." }
            """,
            ["question"],
            OwnTools.AskPersonAsync),
        Tool(
            "schedule_check_in",
            "Has the orchestrator send you a note at a later time, for example to look again whether something has finished. Give one of in_minutes, at, cron.",
            ["check_in", "tasks:write"],
            """
            "note": { "type": "string", "description": "What you are to be told then." },
            "in_minutes": { "type": "number", "description": "In so many minutes." },
            "at": { "type": "string", "description": "At this time: 2026-03-01T17:00:00Z." },
            "cron": { "type": "string", "description": "Again and again: minute hour day month weekday." },
            "time_zone": { "type": "string", "description": "For cron: Europe/Berlin, UTC (unless said)." }
            """,
            ["note"],
            OwnTools.CheckInAsync),
        Tool(
            "hand_over",
            "Writes down what whoever takes over your work must know. Use it when you are asked to hand over, and before your context runs out.",
            ["hand_over", "agents:write"],
            """
            "text": { "type": "string", "description": "What you were asked to do, what is done, what is not, decisions and why, files and branches, what to do next." }
            """,
            ["text"],
            OwnTools.HandOverAsync),
    ];

    private static AgentTool Tool(string name, string description, ImmutableArray<string> permissions, string properties, string[] required, Func<ToolCall, Task<object>> run, bool readOnly = false)
    {
        var schema = $$"""{ "type": "object", "properties": { {{properties}} }, "required": {{JsonSerializer.Serialize(required)}}, "additionalProperties": false }""";
        using var parsed = JsonDocument.Parse(schema);
        return new AgentTool(name, description, permissions, readOnly, parsed.RootElement.Clone(), run);
    }
}
