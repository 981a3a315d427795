using System.Collections.Immutable;
using System.Text.RegularExpressions;

using Orchestrator.Node.Profiles;

namespace Orchestrator.Node.Hooks;

/// <summary>Reads the section <c>hooks</c> of a profile.</summary>
internal static class HookRulesReader
{
    public static HookRules Read(ProfileSection section)
    {
        // Written once by a profile and referred to by its files.
        section.Has("call");
        var environment = section.Section("environment");
        var files = section.Section("files");
        var facts = section.Section("facts");
        var rules = new HookRules
        {
            Arguments = section.Filled("arguments"),
            Environment = environment.Keys.Where(environment.Has).ToImmutableDictionary(name => name, name => environment.Filled(name, environment.Text(name)), StringComparer.Ordinal),
            Files = [.. files.Keys.Where(files.Has).Select(name => File(files.Section(name)))],
            Command = Command(section.Section("command")),
            EventField = section.Text("event-field"),
            Facts = [.. facts.Keys.Where(facts.Has).Select(name => Meaning(name, facts.Section(name)))],
            OnlyIfRootOwned = section.Flag("only-if-root-owned"),
            YieldsAfter = section.Duration("yields-after"),
        };
        section.WarnOfTheRest();
        return rules;
    }

    /// <summary>Reads a file that is written for a program.</summary>
    public static HookFile File(ProfileSection section)
    {
        var file = new HookFile(section.Filled("path", section.Text("path")), section.Json("json"), section.Has("in-place-of") ? section.Filled("in-place-of") : []);
        section.WarnOfTheRest();
        return file;
    }

    private static HookCommand? Command(ProfileSection section)
    {
        var command = new HookCommand(section.Filled("arguments", ["words"]), section.Filled("in-place-of"), section.Text("key"));
        section.WarnOfTheRest();
        return command switch
        {
            { Arguments.IsEmpty: true } => null,
            _ when !command.Arguments.Any(static word => word.Contains("{words}", StringComparison.Ordinal)) => throw section.Wrong("arguments", "do not contain {words}, the command that the program is to call"),
            { Key.Length: 0 } => throw section.Wrong("key", "is empty: name the key under which a user sets such a command"),
            _ => command,
        };
    }

    private static HookMeaning Meaning(string name, ProfileSection section)
    {
        var activity = section.Activity("activity");
        var where = section.Has("where") ? section.Section("where") : null;
        var meaning = new HookMeaning(name, section.Text("event"), where is null ? ImmutableDictionary<string, Regex>.Empty : where.Keys.ToImmutableDictionary(key => key, where.Pattern, StringComparer.Ordinal), activity)
        {
            SessionField = section.Has("of-session") ? section.Text("of-session") : null,
        };
        section.WarnOfTheRest();
        return meaning;
    }
}
