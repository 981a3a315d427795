using System.Text.Json;
using Orchestrator.Tests.Programs.Model;
using Orchestrator.Tests.Programs.Qwen;

namespace Orchestrator.Tests.Programs;

/// <summary>One of the real programs: how it is made to start without questions against a scripted model, and how that model speaks to it.</summary>
internal abstract class AgentProgram
{
    /// <summary>The name of the program, and of its profile.</summary>
    public abstract string Name { get; }

    /// <summary>A program by its name, ready for use.</summary>
    public static AgentProgram Named(string name) => name switch
    {
        "claude" => new ClaudeProgram(),
        "codex" => new CodexProgram(),
        "gemini" => new GeminiProgram(),
        "opencode" => new OpenCodeProgram(),
        "qwen" => new QwenProgram(),
        _ => throw new ArgumentException($"no program {name} is known here", nameof(name)),
    };

    /// <summary>A home in which it starts without a sign-in, a welcome or a question of trust, asks before it uses tools, and talks to nobody but the model.</summary>
    /// <param name="parent">An existing folder of the test.</param>
    /// <param name="model">The model it talks to.</param>
    public abstract Task<ProgramHome> HomeIn(string parent, ScriptedModelServer model);

    /// <summary>Whether a request belongs to the conversation, and not to the program itself (titles, suggestions, summaries).</summary>
    public virtual bool IsTurn(ModelRequest request) => !request.Tools.IsEmpty;

    /// <summary>The model runs a shell command, and the program asks first.</summary>
    public abstract ModelScript RunShell(string command);

    /// <summary>The model writes a new file, and the program asks first.</summary>
    public abstract ModelScript WriteFile(string path, string content);

    /// <inheritdoc/>
    public override string ToString() => Name;

    protected static string Json(object value) => JsonSerializer.Serialize(value);
}
