using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Orchestrator.Node.Hooks;

namespace Orchestrator.Node.Profiles;

/// <summary>What a launch depends on beside the profile.</summary>
/// <param name="Agent">The agent's name: <c>{agent}</c>, and the variable <c>ORC_AGENT</c>.</param>
/// <param name="Generation">Its generation: <c>{generation}</c>, and the variable <c>ORC_GENERATION</c>.</param>
/// <param name="Folder">The working folder: <c>{folder}</c>.</param>
/// <param name="State">A folder of the agent's own, kept between its runs: <c>{state}</c>.</param>
/// <param name="Orc">The path of the command line tool: <c>{orc}</c>.</param>
/// <param name="Environment">The node's environment, from which the allowed part is taken.</param>
/// <param name="Arguments">Arguments of this agent, put after those of the profile; placeholders are not replaced in them.</param>
public sealed record LaunchContext(
    string Agent,
    long Generation,
    string Folder,
    string State,
    string Orc,
    IReadOnlyDictionary<string, string> Environment,
    ImmutableArray<string> Arguments)
{
    /// <summary>The agent's own command in place of the profile's; empty for none.</summary>
    public ImmutableArray<string> Replacement { get; init; } = [];

    /// <summary>The socket on which the node hears hooks.</summary>
    public string Socket { get; init; } = "";

    /// <summary>The shell script that a program calls to tell something: <c>{hook}</c>; as a command for a shell: <c>{hook-command}</c>.</summary>
    public string Hook => Path.Combine(State, "hooks", "hook");

    /// <summary>The file of the channel of this generation: <c>{channel}</c>.</summary>
    public string Channel => Path.Combine(State, "channel", Generation.ToString(System.Globalization.CultureInfo.InvariantCulture) + ".jsonl");

    /// <summary>The program's own id of the conversation: the one to be taken up again, or that for a new one.</summary>
    public string? Session { get; init; }

    /// <summary>What its role comes to; null where nothing is known of it.</summary>
    public LaunchRole? Role { get; init; }
}

/// <summary>A program ready to be started.</summary>
/// <param name="Command">Program and arguments.</param>
/// <param name="Environment">All of its environment.</param>
public sealed record Launch(ImmutableArray<string> Command, ImmutableSortedDictionary<string, string> Environment)
{
    /// <summary>With more words, behind those of the profile and before those that the agent has of its own.</summary>
    /// <param name="context">Which agent, where.</param>
    /// <param name="words">The words; placeholders are replaced.</param>
    public Launch With(LaunchContext context, ImmutableArray<string> words)
        => this with { Command = Command.InsertRange(Command.Length - context.Arguments.Length, words.Select(word => Placeholders.Fill(word, context))) };

    /// <summary>What to start for an agent.</summary>
    /// <param name="profile">How its program is driven.</param>
    /// <param name="context">Which agent, where.</param>
    /// <param name="resume">Whether to take up the conversation of the context again, if the program can.</param>
    public static Launch Of(AgentProfile profile, LaunchContext context, bool resume = false)
    {
        var environment = context.Environment.Where(variable => profile.Environment.Allows(variable.Key))
            .Concat(profile.Role.Environment.Where(variable => Placeholders.AllKnown(variable.Value, context)).Concat(profile.Environment.Set).Select(variable => KeyValuePair.Create(variable.Key, Placeholders.Fill(variable.Value, context))))
            .Append(KeyValuePair.Create("ORC_AGENT", context.Agent))
            .Append(KeyValuePair.Create("ORC_GENERATION", Placeholders.Fill("{generation}", context)));
        var all = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in environment)
        {
            all[name] = value;
        }

        var session = resume ? profile.ResumeArguments : profile.Session.NewArguments;
        var told = new[] { profile.Role.PromptArguments, profile.Role.ModelArguments, profile.Role.TemperatureArguments, session }.Where(words => words.All(word => Placeholders.AllKnown(word, context))).SelectMany(static words => words);
        var command = context.Replacement.IsDefaultOrEmpty ? profile.Command.Select(word => Placeholders.Fill(word, context)) : context.Replacement;
        var words = told.Select(word => Placeholders.Fill(word, context));
        return new Launch([.. command, .. words, .. context.Arguments], all.ToImmutable());
    }
}

/// <summary>Replaces the placeholders of <see cref="LaunchContext"/>.</summary>
internal static partial class Placeholders
{
    /// <summary>The names that may stand in braces.</summary>
    public static ImmutableArray<string> Names { get; } = ["agent", "generation", "folder", "state", "orc", "home", "hook", "hook-command", "channel"];

    public static string Fill(string text, LaunchContext context) => Braces().Replace(text, match => match.Groups["name"].Value switch
    {
        "agent" => context.Agent,
        "generation" => context.Generation.ToString(CultureInfo.InvariantCulture),
        "folder" => context.Folder,
        "state" => context.State,
        "orc" => context.Orc,
        "home" => context.Environment.GetValueOrDefault("HOME", ""),
        "hook" => context.Hook,
        "channel" => context.Channel,
        "hook-command" => $"sh {HookScript.Quoted(context.Hook)}",
        var name => Optional(name, context) ?? match.Value,
    });

    /// <summary>Whether there is a value for every placeholder in <paramref name="text"/>.</summary>
    public static bool AllKnown(string text, LaunchContext context)
        => Braces().Matches(text).Select(match => match.Groups["name"].Value).All(name => Names.Contains(name, StringComparer.Ordinal) || Optional(name, context) is not null);

    private static string? Optional(string name, LaunchContext context) => name switch
    {
        "session" => context.Session,
        "role" => context.Role?.Name,
        "prompt" => context.Role?.Prompt,
        "model" => context.Role?.Model,
        "temperature" => context.Role?.Temperature?.ToString(CultureInfo.InvariantCulture),
        _ => null,
    };

    /// <summary>The first name in braces that is none of <paramref name="known"/>, if there is one.</summary>
    public static string? Unknown(string text, IEnumerable<string> known)
        => Braces().Matches(text).Select(match => match.Groups["name"].Value).FirstOrDefault(name => !known.Contains(name, StringComparer.Ordinal));

    [GeneratedRegex(@"\{(?<name>[a-z][a-z-]*)\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Braces();
}
