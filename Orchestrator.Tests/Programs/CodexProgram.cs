using Orchestrator.Tests.Programs.Model;

namespace Orchestrator.Tests.Programs;

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
            sandbox_mode = "read-only"

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

    // It takes a patch out of the command, and asks where its sandbox would not let it write.
    public override ModelScript WriteFile(string path, string content)
        => new ModelScript.CallTool("exec_command", new { cmd = $"apply_patch <<'EOF'\n*** Begin Patch\n*** Add File: {path}\n+{content}\n*** End Patch\nEOF\n" });

    public override ModelScript RunShell(string command)
        => new ModelScript.CallTool("exec_command", new { cmd = command, sandbox_permissions = "require_escalated", justification = "scripted" });
}
