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
