using Orchestrator.Tests.Programs.Model;

namespace Orchestrator.Tests.Programs;

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

    public override ModelScript WriteFile(string path, string content) => new ModelScript.CallTool("write_file", new { file_path = path, content });

    public override ModelScript RunShell(string command) => new ModelScript.CallTool("run_shell_command", new { command, description = "scripted" });
}
