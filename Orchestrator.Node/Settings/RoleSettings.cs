using System.Collections.Immutable;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Identity;
using Orchestrator.Actors.Messaging;
using Orchestrator.Hocon;

namespace Orchestrator.Node.Settings;

/// <summary>Reads <c>orchestrator.roles</c>, each over <c>orchestrator.role-defaults</c>.</summary>
internal static class RoleSettings
{
    private const int LongestPrompt = 16_000;

    private static readonly string[] Keys = ["prompt", "model", "temperature", "limits", "policy", "permissions"];
    private static readonly string[] LimitKeys = ["queue-length", "message-bytes", "messages-per-hour"];

    /// <summary>The roles by their names.</summary>
    /// <exception cref="HoconException">One cannot be used; says which, where, and what to do.</exception>
    public static ImmutableSortedDictionary<string, RoleDescription> Read(HoconObject all)
    {
        var (roles, defaults) = (all.GetObject("orchestrator.roles"), all.GetObject("orchestrator.role-defaults"));
        return roles.Keys.ToImmutableSortedDictionary(static name => name, name => Read(name, roles.GetObject($"\"{name}\""), defaults), StringComparer.Ordinal);
    }

    private static RoleDescription Read(string name, HoconObject role, HoconObject defaults)
    {
        if (name.Length > 40 || !name.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '-'))
        {
            throw new HoconException(role.Origin, $"orchestrator.roles.{name} is no name for a role: use at most 40 lower-case letters, digits, underscores and dashes");
        }

        NoOthers(role, Keys);
        if (Has(role, "limits"))
        {
            NoOthers(role.GetObject("limits"), LimitKeys);
        }

        var prompt = Of(role, defaults, "prompt").GetString("prompt");
        var model = Of(role, defaults, "model").GetString("model");
        var perHour = Limit(role, defaults, "messages-per-hour", 0, RoleLimits.MostPerHour);
        return new RoleDescription(
            name,
            prompt.Length <= LongestPrompt ? prompt : throw new HoconException(role.Origin, $"orchestrator.roles.{name}.prompt has {prompt.Length} characters: at most {LongestPrompt}"),
            model.Length == 0 ? null : model,
            Temperature(Of(role, defaults, "temperature"), name),
            new RoleLimits(
                Limit(role, defaults, "queue-length", 1, MessageQueue.Capacity),
                Limit(role, defaults, "message-bytes", 1, NewMessage.MaximumBytes),
                perHour == 0 ? null : perHour))
        {
            Permissions = Permissions(Of(role, defaults, "permissions"), name),
        };
    }

    // A role for everything would make each of its agents an administrator.
    private static ImmutableArray<string> Permissions(HoconObject section, string role)
    {
        string[] known = [.. AgentPermissions.All, .. Scopes.All.Remove(Scopes.Admin)];
        var given = section.GetStringList("permissions");
        return given.FirstOrDefault(permission => !known.Contains(permission)) is { } unknown
            ? throw new HoconException(section.Origin, $"orchestrator.roles.{role}.permissions has \"{unknown}\": known are {string.Join(", ", known)}")
            : [.. given.Distinct(StringComparer.Ordinal)];
    }

    private static double? Temperature(HoconObject section, string role)
        => !Has(section, "temperature") ? null
            : section.GetDouble("temperature") is >= 0 and <= 2 and var temperature ? temperature
            : throw new HoconException(section.Origin, $"orchestrator.roles.{role}.temperature is {section.GetDouble("temperature")}: use 0 to 2, or null");

    private static int Limit(HoconObject role, HoconObject defaults, string key, int least, int most)
    {
        var limits = Has(role, "limits") ? Of(role.GetObject("limits"), defaults.GetObject("limits"), key) : defaults.GetObject("limits");
        return limits.GetBytes(key) is var value && value >= least && value <= most
            ? (int)value
            : throw new HoconException(limits.Origin, $"{key} of a role is {value}: use {least} to {most}");
    }

    private static HoconObject Of(HoconObject role, HoconObject defaults, string key) => Has(role, key) ? role : defaults;

    private static bool Has(HoconObject section, string key) => section.TryGetValue(key, out var value) && value.Kind != HoconKind.Null;

    private static void NoOthers(HoconObject section, string[] known)
    {
        if (section.Keys.FirstOrDefault(key => !known.Contains(key)) is { } unknown)
        {
            throw new HoconException(section.KeyOrigin(unknown), $"{unknown} is unknown in a role: known are {string.Join(", ", known)}");
        }
    }
}
