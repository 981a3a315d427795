using System.Collections.Immutable;

namespace Orchestrator.Tests.Programs.Model;

/// <summary>What the scripted model does with one request of the program.</summary>
internal abstract record ModelScript
{
    /// <summary>The silence before the first word, or before the tool is called.</summary>
    public TimeSpan Thinking { get; init; }

    /// <summary>Streams <paramref name="Text"/> word by word, with <paramref name="Pause"/> between the words.</summary>
    public sealed record Answer(string Text, TimeSpan Pause = default) : ModelScript;

    /// <summary>Streams a word every <paramref name="Pause"/> until <paramref name="Until"/> ends, then finishes the answer: a turn that lasts as long as a test wants.</summary>
    public sealed record Talk(Task Until, TimeSpan Pause) : ModelScript;

    /// <summary>Calls a tool of the program.</summary>
    public sealed record CallTool(string Name, object Arguments, string Before = "I will use a tool.") : ModelScript;

    /// <summary>429, with a Retry-After header.</summary>
    public sealed record RateLimit(TimeSpan RetryAfter) : ModelScript;

    /// <summary>An error of the server.</summary>
    public sealed record Fail(int Status, string Message) : ModelScript;

    /// <summary>Takes the request and is silent until the program gives up, the server is disposed, or <paramref name="Until"/> ends; then it answers.</summary>
    public sealed record Hang(Task? Until = null) : ModelScript;

    /// <summary>Answers 200 with bytes that are no answer.</summary>
    public sealed record Garbage : ModelScript;

    /// <summary>Begins an answer and cuts the connection in the middle of it.</summary>
    public sealed record Drop(string Text) : ModelScript;

    public static ModelScript RunShell(string command)
        => new CallTool("run_shell_command", new { command, description = "scripted", is_background = false });

    public static ModelScript WriteFile(string path, string content)
        => new CallTool("write_file", new { file_path = path, content });

    public static ModelScript ReadFile(string path)
        => new CallTool("read_file", new { file_path = path });

    public static ModelScript Edit(string path, string from, string to)
        => new CallTool("edit", new { file_path = path, old_string = from, new_string = to });

    public static ModelScript Ask(string question, params string[] options)
        => new CallTool("ask_user_question", new
        {
            questions = new[]
            {
                new
                {
                    question,
                    header = "Choice",
                    multiSelect = false,
                    options = options.Select(option => new { label = option, description = $"take {option}" }).ToArray(),
                },
            },
        });
}

/// <summary>A request in which the program asks for the next step of a conversation.</summary>
/// <param name="Text">The newest message of the user in it.</param>
/// <param name="ToolResult">What the tool that was called last gave back, if this request brings it.</param>
/// <param name="Attempt">1 for the first request with this content, more when the program repeats it after an error.</param>
internal sealed record ModelTurn(string Text, string? ToolResult, int Attempt)
{
    /// <summary>The whole request.</summary>
    public required ModelRequest Request { get; init; }
}

/// <summary>A message of the user as it reached the model.</summary>
/// <param name="Order">0, 1, 2… in the order of arrival.</param>
/// <param name="At">When its request was read.</param>
/// <param name="Text">All parts but the program's own reminders, joined.</param>
/// <param name="Parts">Every text part, reminders too.</param>
internal sealed record ModelMessage(int Order, DateTimeOffset At, string Text, ImmutableArray<string> Parts);
