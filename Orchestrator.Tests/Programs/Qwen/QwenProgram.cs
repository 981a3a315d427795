using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.Tests.Programs.Model;

namespace Orchestrator.Tests.Programs.Qwen;

/// <summary>What a test changes in a home for Qwen Code.</summary>
internal sealed record QwenHomeOptions
{
    /// <summary>Whether it is signed in (by the environment, with the scripted model); without it starts with its provider dialog.</summary>
    public bool SignedIn { get; init; } = true;

    /// <summary>Whether it asks to trust the folder before it is ready.</summary>
    public bool AsksForTrust { get; init; }

    /// <summary>How long it waits after a limit before it asks again, once; null for what it does by itself: ten times, a minute and more apart.</summary>
    public TimeSpan? WaitsForLimit { get; init; }

    /// <summary>Whether it proposes the next message after a turn, in grey, inside its empty input.</summary>
    public bool Suggests { get; init; }
}

/// <summary>Qwen Code: no telemetry, no updates, no requests of its own to the model.</summary>
internal sealed class QwenProgram(QwenHomeOptions? options = null) : AgentProgram
{
    // Its own requests (titles, memories, suggestions, summaries) carry another instruction than the conversation does.
    private const string TurnInstruction = "You are Qwen Code, an interactive CLI agent";

    private static readonly JsonSerializerOptions Settings = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly QwenHomeOptions _options = options ?? new QwenHomeOptions();

    public override string Name => "qwen";

    public override bool IsTurn(ModelRequest request) => request.Instructions.StartsWith(TurnInstruction, StringComparison.Ordinal);

    public override ModelScript RunShell(string command) => ModelScript.RunShell(command);

    public override ModelScript WriteFile(string path, string content) => ModelScript.WriteFile(path, content);

    public override async Task<ProgramHome> HomeIn(string parent, ScriptedModelServer model)
    {
        List<(string, string)> environment = [("QWEN_DISABLE_AUTO_TITLE", "1")];
        if (_options.SignedIn)
        {
            environment.AddRange([("OPENAI_BASE_URL", model.BaseUrl), ("OPENAI_API_KEY", "scripted"), ("OPENAI_MODEL", "scripted")]);
        }

        var home = ProgramHome.In(parent, await ProgramInstallation.Folder(Name), [.. environment]);
        await home.WriteAsync(".qwen/settings.json", JsonSerializer.Serialize(new
        {
            general = new { enableAutoUpdate = false },
            privacy = new { usageStatisticsEnabled = false },
            telemetry = new { enabled = false },
            ui = new { enableFollowupSuggestions = _options.Suggests, enableWelcomeBack = false, hideTips = true },
            model = _options.WaitsForLimit is { } wait
                ? new { generationConfig = new { maxRetries = 1, retryInitialDelayMs = wait.TotalMilliseconds, retryMaxDelayMs = wait.TotalMilliseconds } }
                : null,
            memory = new { enableManagedAutoMemory = false, enableManagedAutoDream = false },
            security = new
            {
                folderTrust = new { enabled = _options.AsksForTrust },
                auth = _options.SignedIn ? new { selectedType = "openai" } : null,
            },
        }, Settings));
        return home;
    }
}
