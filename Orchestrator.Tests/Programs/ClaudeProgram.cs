using Orchestrator.Tests.Programs.Model;

namespace Orchestrator.Tests.Programs;

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

    public override ModelScript WriteFile(string path, string content) => new ModelScript.CallTool("Write", new { file_path = path, content });

    public override ModelScript RunShell(string command) => new ModelScript.CallTool("Bash", new { command, description = "scripted" });
}
