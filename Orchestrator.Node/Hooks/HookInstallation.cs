using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

using Orchestrator.Node.Profiles;
using Orchestrator.Node.Workers.Starting;
using Orchestrator.Runtime;

namespace Orchestrator.Node.Hooks;

/// <summary>Installs hooks and tools for one process of a program: files in the agent's own folder, variables and arguments. What its user and its system have set stays in force.</summary>
internal static class HookInstallation
{
    private const int SecretBytes = 32;
    private static readonly JsonSerializerOptions Written = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>Where the secret of an agent's present process lies.</summary>
    public static string SecretFile(LaunchContext context) => Path.Combine(context.State, "hooks", "secret");

    /// <summary>Writes what the program needs, and returns the launch with it.</summary>
    /// <param name="profile">How its program is driven.</param>
    /// <param name="context">Which agent, where.</param>
    /// <param name="launch">What is started.</param>
    /// <param name="tools">Whether it is told of the tools of the orchestrator, where its profile says how.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="StartRefusedException">A file that would have to be merged cannot be read; says which.</exception>
    public static async Task<Launch> InstallAsync(AgentProfile profile, LaunchContext context, Launch launch, bool tools, CancellationToken cancellation)
    {
        IProgramSettings[] wanted = tools ? [profile.Hooks, profile.Tools] : [profile.Hooks];
        var installed = wanted.Where(settings => settings.IsOn && (!settings.OnlyIfRootOwned || IsRootOwned(context.State))).ToArray();
        if (installed.Contains(profile.Hooks))
        {
            await WriteScriptAsync(context, cancellation);
        }

        foreach (var files in installed.SelectMany(static settings => settings.Files).GroupBy(file => Placeholders.Fill(file.Path, context)))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(files.Key)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var whole = await ReplacedAsync(files.First(), context, launch, files.Key, cancellation);
            whole = files.Aggregate(whole, (there, file) => JsonMerge.Of(there, Filled(JsonNode.Parse(file.Json), context)));
            await PrivateFile.WriteAsync(files.Key, whole?.ToJsonString(Written) ?? "{}", cancellation);
        }

        var environment = launch.Environment.SetItems(installed.SelectMany(static settings => settings.Environment).Select(variable => KeyValuePair.Create(variable.Key, Placeholders.Fill(variable.Value, context))));
        IEnumerable<string> arguments = installed.SelectMany(static settings => settings.Arguments);
        if (profile.Hooks.Command is { } command && installed.Contains(profile.Hooks))
        {
            arguments = [.. arguments, .. await WordsAsync(command, context, launch, cancellation)];
        }

        return launch.With(context, [.. arguments]) with { Environment = environment };
    }

    private static async Task WriteScriptAsync(LaunchContext context, CancellationToken cancellation)
    {
        var folder = Path.GetDirectoryName(SecretFile(context))!;
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes));
        var curl = Path.Combine(folder, "curl");
        await PrivateFile.WriteAsync(SecretFile(context), secret, cancellation);
        await PrivateFile.WriteAsync(curl, HookScript.CurlFile(context.Socket, context.Agent, context.Generation, secret), cancellation);
        await PrivateFile.WriteAsync(context.Hook, HookScript.Text(curl), cancellation);
    }

    /// <summary>The arguments by which the program calls the hook, with the command behind it that its user has set.</summary>
    private static async Task<IEnumerable<string>> WordsAsync(HookCommand command, LaunchContext context, Launch launch, CancellationToken cancellation)
    {
        ImmutableArray<string> own = [];
        if (Replaced(command.InPlaceOf, context, launch) is { } file && File.Exists(file))
        {
            try
            {
                own = TomlList.Find(await File.ReadAllTextAsync(file, cancellation), command.Key);
            }
            catch (Exception exception) when (exception is FormatException or IOException or UnauthorizedAccessException)
            {
                throw new StartRefusedException($"{command.Key} in {file} cannot be read, so it cannot be called beside the hook of the node: {exception.Message}; mend the file, or use a profile with hooks.command.arguments = []", exception);
            }
        }

        var words = JsonSerializer.Serialize<string[]>(["sh", context.Hook, .. own], OneLine);
        return command.Arguments.Select(word => word.Replace("{words}", words, StringComparison.Ordinal));
    }

    /// <summary>Whether this node makes files that belong to root, below folders that nobody else may write to.</summary>
    private static bool IsRootOwned(string folder)
    {
        for (var path = Path.GetFullPath(folder); path is not null; path = Path.GetDirectoryName(path))
        {
            if (Directory.Exists(path) && (File.GetUnixFileMode(path) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != UnixFileMode.None)
            {
                return false;
            }
        }

        return Environment.IsPrivilegedProcess;
    }

    private static async Task<JsonNode?> ReplacedAsync(HookFile file, LaunchContext context, Launch launch, string own, CancellationToken cancellation)
    {
        var replaced = Replaced(file.InPlaceOf, context, launch);
        if (replaced is null || replaced == own || !File.Exists(replaced))
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(await File.ReadAllTextAsync(replaced, cancellation), documentOptions: Lenient);
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"the settings {replaced} cannot be read, so they cannot be kept in force beside the hooks and tools of the node: {exception.Message}; mend the file, or use a profile with hooks.files = null and tools.files = null", exception);
        }
    }

    private static string? Replaced(ImmutableArray<string> candidates, LaunchContext context, Launch launch)
        => candidates.Select(candidate => PathOf(Placeholders.Fill(candidate, context), launch)).FirstOrDefault(static path => path is not null);

    private static string? PathOf(string candidate, Launch launch)
    {
        if (!candidate.StartsWith('$'))
        {
            return File.Exists(candidate) ? candidate : null;
        }

        var end = candidate.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash ? slash : candidate.Length;
        return launch.Environment.GetValueOrDefault(candidate[1..end]) is { Length: > 0 } value ? Path.GetFullPath(value + candidate[end..]) : null;
    }

    private static JsonNode? Filled(JsonNode? node, LaunchContext context) => node switch
    {
        JsonObject fields => new JsonObject(fields.Select(field => KeyValuePair.Create(field.Key, Filled(field.Value, context)))),
        JsonArray items => new JsonArray([.. items.Select(item => Filled(item, context))]),
        JsonValue value when value.TryGetValue<string>(out var text) => JsonValue.Create(Placeholders.Fill(text, context)),
        _ => node?.DeepClone(),
    };
}
