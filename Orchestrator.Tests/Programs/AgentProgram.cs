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

    /// <inheritdoc/>
    public override string ToString() => Name;

    protected static string Json(object value) => JsonSerializer.Serialize(value);
}

/// <summary>Claude Code.</summary>
internal sealed class ClaudeProgram : AgentProgram
{
    private const string Key = "scripted-key-for-tests-0123456789";

    public override string Name => "claude";

    public override async Task<ProgramHome> HomeIn(string parent, ScriptedModelServer model)
    {
        var home = ProgramHome.In(
            parent,
            await ProgramInstallation.Folder(Name),
            ("ANTHROPIC_BASE_URL", model.Address),
            ("ANTHROPIC_API_KEY", Key),
            ("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1"),
            ("DISABLE_AUTOUPDATER", "1"));
        await home.WriteAsync(".claude.json", Json(new
        {
            hasCompletedOnboarding = true,
            autoUpdates = false,
            customApiKeyResponses = new { approved = (string[])[Key[^20..]], rejected = (string[])[] },
            projects = new Dictionary<string, object>(StringComparer.Ordinal) { [home.Folder] = new { hasTrustDialogAccepted = true, hasCompletedProjectOnboarding = true } },
        }));
        return home;
    }

    public override ModelScript RunShell(string command) => new ModelScript.CallTool("Bash", new { command, description = "scripted" });
}

/// <summary>Codex.</summary>
internal sealed class CodexProgram : AgentProgram
{
    public override string Name => "codex";

    public override async Task<ProgramHome> HomeIn(string parent, ScriptedModelServer model)
    {
        var home = ProgramHome.In(parent, await ProgramInstallation.Folder(Name), ("OPENAI_API_KEY", "scripted"));
        await home.WriteAsync(".codex/config.toml", $"""
            model = "scripted"
            model_provider = "scripted"
            check_for_update_on_startup = false

            [model_providers.scripted]
            name = "scripted"
            base_url = "{model.BaseUrl}"
            env_key = "OPENAI_API_KEY"
            wire_api = "responses"

            [analytics]
            enabled = false

            # The daemon that it would leave behind copies the whole program into the home first.
            [features]
            daemon_auto_start = false

            [projects."{home.Folder}"]
            trust_level = "trusted"

            """);
        return home;
    }

    public override ModelScript RunShell(string command)
        => new ModelScript.CallTool("exec_command", new { cmd = command, sandbox_permissions = "require_escalated", justification = "scripted" });
}

/// <summary>Gemini CLI.</summary>
internal sealed class GeminiProgram : AgentProgram
{
    public override string Name => "gemini";

    public override async Task<ProgramHome> HomeIn(string parent, ScriptedModelServer model)
    {
        var home = ProgramHome.In(
            parent,
            await ProgramInstallation.Folder(Name),
            ("GOOGLE_GEMINI_BASE_URL", model.Address),
            ("GEMINI_API_KEY", "scripted"),
            ("GEMINI_MODEL", "gemini-2.5-pro"));
        await home.WriteAsync(".gemini/settings.json", Json(new
        {
            general = new { enableAutoUpdate = false, enableAutoUpdateNotification = false },
            privacy = new { usageStatisticsEnabled = false },
            telemetry = new { enabled = false },
            security = new { auth = new { selectedType = "gemini-api-key" } },
        }));
        await home.WriteAsync(".gemini/trustedFolders.json", Json(new Dictionary<string, string>(StringComparer.Ordinal) { [home.Folder] = "TRUST_FOLDER" }));
        return home;
    }

    public override ModelScript RunShell(string command) => new ModelScript.CallTool("run_shell_command", new { command, description = "scripted" });
}

/// <summary>OpenCode.</summary>
internal sealed class OpenCodeProgram : AgentProgram
{
    public override string Name => "opencode";

    public override async Task<ProgramHome> HomeIn(string parent, ScriptedModelServer model)
    {
        var home = ProgramHome.In(parent, await ProgramInstallation.Folder(Name), ("OPENCODE_DISABLE_AUTOUPDATE", "1"), ("OPENCODE_DISABLE_MODELS_FETCH", "1"));
        await home.WriteAsync(".config/opencode/opencode.json", Json(new
        {
            model = "scripted/scripted",
            small_model = "scripted/scripted",
            autoupdate = false,
            share = "disabled",
            permission = new { bash = "ask", edit = "ask" },
            provider = new
            {
                scripted = new
                {
                    npm = "@ai-sdk/openai-compatible",
                    name = "Scripted",
                    options = new { baseURL = model.BaseUrl, apiKey = "scripted" },
                    models = new { scripted = new { name = "scripted" } },
                },
            },
        }));
        return home;
    }

    public override ModelScript RunShell(string command) => new ModelScript.CallTool("bash", new { command, description = "scripted" });
}
