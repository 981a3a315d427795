using System.Collections.Immutable;

using Orchestrator.Hocon;

namespace Orchestrator.Node.Settings;

/// <summary>A section of settings that hold for all, and in <c>roles.NAME</c> others that hold for agents of one role.</summary>
/// <param name="section">What holds for all.</param>
/// <param name="path">Its path, for errors.</param>
/// <param name="keys">The keys that a role may set.</param>
internal sealed class PerRole(HoconObject section, string path, string[] keys)
{
    private readonly HoconObject _roles = section.GetObject("roles");

    /// <summary>Where a key of a role, or of all, is to be read from.</summary>
    public delegate HoconObject From(string key);

    /// <summary>Reads what holds for all.</summary>
    public T Read<T>(Func<From, string, T> read) => read(_ => section, path);

    /// <summary>Reads what holds for each role: what it does not set is that of all.</summary>
    /// <exception cref="HoconException">A role sets a key that there is not.</exception>
    public ImmutableSortedDictionary<string, T> ReadRoles<T>(Func<From, string, T> read)
        => _roles.Keys.ToImmutableSortedDictionary(static name => name, name => OfRole(_roles.GetObject($"\"{name}\""), $"{path}.roles.{name}", read), StringComparer.Ordinal);

    private T OfRole<T>(HoconObject role, string at, Func<From, string, T> read)
        => role.Keys.FirstOrDefault(key => !keys.Contains(key)) is { } unknown
            ? throw new HoconException(role.KeyOrigin(unknown), $"{at}.{unknown} is unknown: known are {string.Join(", ", keys)}")
            : read(key => role.TryGetValue(key, out var value) && value.Kind != HoconKind.Null ? role : section, at);
}

/// <summary>What is read of a section that may stand for a role.</summary>
internal static class PerRoleValues
{
    /// <summary>A duration that is more than nothing.</summary>
    /// <exception cref="HoconException">It is not.</exception>
    public static TimeSpan Time(this PerRole.From from, string key, string path)
        => from(key).GetDuration(key) is { Ticks: > 0 } time ? time : throw new HoconException(from(key).Origin, $"{path}.{key} must be more than 0");
}
