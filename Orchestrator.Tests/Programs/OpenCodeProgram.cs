using Orchestrator.Tests.Programs.Model;

namespace Orchestrator.Tests.Programs;

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

    public override ModelScript WriteFile(string path, string content) => new ModelScript.CallTool("write", new { filePath = path, content });

    public override ModelScript RunShell(string command) => new ModelScript.CallTool("bash", new { command, description = "scripted" });
}
