using System.Collections.Immutable;

using Orchestrator.Hocon;

namespace Orchestrator.Node.Settings;

/// <summary>A program or a webhook that recovery may call.</summary>
/// <param name="Command">The words of the program; empty for a webhook.</param>
/// <param name="Webhook">The address; null for a program.</param>
/// <param name="SecretFile">The file with the secret that calls are signed with.</param>
/// <param name="Within">How long it may take.</param>
internal sealed record CustomRecovery(ImmutableArray<string> Command, Uri? Webhook, string? SecretFile, TimeSpan Within);

/// <summary>Those that are configured, by name: <c>orchestrator.recovery.customs</c>. Each node reads its own.</summary>
internal sealed record CustomRecoveries(ImmutableSortedDictionary<string, CustomRecovery> All)
{
    private const string Section = "orchestrator.recovery.customs";

    private static readonly TimeSpan DefaultWithin = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestWithin = TimeSpan.FromHours(1);

    /// <summary>Reads them.</summary>
    /// <exception cref="HoconException">One cannot be used; says which, where, and what to do.</exception>
    public static CustomRecoveries Read(HoconObject all)
    {
        var section = all.GetObject(Section);
        return new CustomRecoveries(section.Keys.ToImmutableSortedDictionary(static name => name, name => One(section.GetObject($"\"{name}\""), $"{Section}.{name}"), StringComparer.Ordinal));
    }

    private static CustomRecovery One(HoconObject one, string path)
    {
        if (one.Keys.FirstOrDefault(static key => key is not ("command" or "webhook" or "secret-file" or "within")) is { } unknown)
        {
            throw new HoconException(one.KeyOrigin(unknown), $"{path}.{unknown} is unknown: known are command, webhook, secret-file, within");
        }

        bool Has(string key) => one.TryGetValue(key, out var value) && value.Kind != HoconKind.Null;
        var within = Has("within") ? one.GetDuration("within") : DefaultWithin;
        if (within <= TimeSpan.Zero || within > LongestWithin)
        {
            throw new HoconException(one.Origin, $"{path}.within must be more than 0 and at most {LongestWithin}");
        }

        return (Has("command"), Has("webhook")) switch
        {
            (true, false) when one.GetStringList("command") is [{ Length: > 0 }, ..] words => new CustomRecovery([.. words], Webhook: null, SecretFile: null, within),
            (false, true) => new CustomRecovery([], Address(one, path), Has("secret-file") ? one.GetString("secret-file") : throw new HoconException(one.Origin, $"{path} has no secret-file: calls of a webhook are signed; write at least 32 random characters into a file of mode 0600"), within),
            _ => throw new HoconException(one.Origin, $"{path} needs either a command (a list of words, the program first) or a webhook (https)"),
        };
    }

    private static Uri Address(HoconObject one, string path)
        => Uri.TryCreate(one.GetString("webhook"), UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps && address.UserInfo.Length == 0
            ? address
            : throw new HoconException(one.Origin, $"{path}.webhook is '{one.GetString("webhook")}': use https://… without a user");
}
