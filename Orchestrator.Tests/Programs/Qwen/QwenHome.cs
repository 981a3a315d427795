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

/// <summary>
/// A home folder and a working folder for one Qwen Code of a test, apart from the person's own: no telemetry, no
/// updates, no requests of its own to the model.
/// </summary>
internal sealed class QwenHome
{
    // Its own requests (titles, memories, suggestions, summaries) carry another instruction than the conversation does.
    private const string TurnInstruction = "You are Qwen Code, an interactive CLI agent";

    private static readonly JsonSerializerOptions Settings = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private QwenHome(string home, string folder, IReadOnlyDictionary<string, string> environment)
    {
        Home = home;
        Folder = folder;
        Environment = environment;
    }

    public string Home { get; }

    /// <summary>The working folder: empty.</summary>
    public string Folder { get; }

    /// <summary>All the environment it needs: what a node would have to have in its own.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>Where it writes its conversations down.</summary>
    public IEnumerable<string> Transcripts
    {
        get
        {
            var projects = Path.Combine(Home, ".qwen", "projects");
            return Directory.Exists(projects) ? Directory.EnumerateFiles(projects, "*.jsonl", SearchOption.AllDirectories) : [];
        }
    }

    /// <param name="parent">An existing folder of the test; home and working folder are made inside.</param>
    /// <param name="model">The model it talks to.</param>
    /// <param name="options">What differs from a home that is ready for use.</param>
    public static async Task<QwenHome> In(string parent, ScriptedModelServer model, QwenHomeOptions? options = null)
    {
        options ??= new QwenHomeOptions();
        model.IsTurn = static request => request.Instructions.StartsWith(TurnInstruction, StringComparison.Ordinal);
        var installed = await ProgramInstallation.Folder("qwen");
        var home = Directory.CreateDirectory(Path.Combine(parent, "home")).FullName;
        var folder = Directory.CreateDirectory(Path.Combine(parent, "repo")).FullName;
        var settings = Directory.CreateDirectory(Path.Combine(home, ".qwen")).FullName;
        await File.WriteAllTextAsync(Path.Combine(settings, "settings.json"), JsonSerializer.Serialize(new
        {
            general = new { enableAutoUpdate = false },
            privacy = new { usageStatisticsEnabled = false },
            telemetry = new { enabled = false },
            ui = new { enableFollowupSuggestions = options.Suggests, enableWelcomeBack = false, hideTips = true },
            model = options.WaitsForLimit is { } wait
                ? new { generationConfig = new { maxRetries = 1, retryInitialDelayMs = wait.TotalMilliseconds, retryMaxDelayMs = wait.TotalMilliseconds } }
                : null,
            memory = new { enableManagedAutoMemory = false, enableManagedAutoDream = false },
            security = new
            {
                folderTrust = new { enabled = options.AsksForTrust },
                auth = options.SignedIn ? new { selectedType = "openai" } : null,
            },
        }, Settings));
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = $"{installed}/bin:/usr/local/bin:/usr/bin:/bin",
            ["HOME"] = home,
            ["LANG"] = "C.UTF-8",
            ["QWEN_DISABLE_AUTO_TITLE"] = "1",
        };
        if (options.SignedIn)
        {
            environment["OPENAI_BASE_URL"] = model.BaseUrl;
            environment["OPENAI_API_KEY"] = "scripted";
            environment["OPENAI_MODEL"] = "scripted";
        }

        return new QwenHome(home, folder, environment);
    }
}
