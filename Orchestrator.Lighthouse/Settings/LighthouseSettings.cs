using System.Collections;
using System.Net;

using Microsoft.Extensions.Logging;

using Npgsql;

using Orchestrator.Api.Cluster;
using Orchestrator.Hocon;
using Orchestrator.Runtime;

namespace Orchestrator.Lighthouse.Settings;

/// <summary>The settings of a lighthouse, read and checked; <c>hocon/reference.conf</c> says what each means.</summary>
internal sealed record LighthouseSettings
{
    /// <summary>The environment variable with the passphrase of the authority's key.</summary>
    public const string PassphraseVariable = "ORC_LIGHTHOUSE_PASSPHRASE";

    private const int LongestName = 40;

    // Variables of the other programs.
    private static readonly string[] NotSettings = [PassphraseVariable, PostgresConnectionText.PasswordVariable, "ORC_URL", "ORC_CA", "ORC_JOIN_TOKEN", "ORC_TOKEN", "ORC_DATA", "ORC_NODE_PROGRAM", "ORC_AGENT", "ORC_GENERATION", "ORC_FAIL_POINT"];

    /// <summary>The data folder.</summary>
    public required string Data { get; init; }

    /// <summary>What it listens on.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>The port; 0 for any.</summary>
    public required int Port { get; init; }

    /// <summary>The names and addresses in its certificate.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>The file with the passphrase.</summary>
    public required string PassphraseFile { get; init; }

    /// <summary>For how long a join token can be used.</summary>
    public required TimeSpan JoinTokenValidity { get; init; }

    /// <summary>For how long a node's certificate is valid.</summary>
    public required TimeSpan CertificateValidity { get; init; }

    /// <summary>How many times a minute one address may try to join.</summary>
    public required int JoinsPerMinute { get; init; }

    /// <summary>How much is logged.</summary>
    public required LogLevel LogLevel { get; init; }

    /// <summary>Below this much free disk, in bytes, nothing is taken.</summary>
    public required long MinimumFreeDisk { get; init; }

    /// <summary>Its name among the members of the cluster.</summary>
    public required string Name { get; init; }

    /// <summary>The database of the cluster, in which the authority lies; null: a lighthouse on its own, with a SQLite in its data folder.</summary>
    public required PostgresOptions? Postgres { get; init; }

    /// <summary>The port for the other members, and where they reach it.</summary>
    public required PeerAddress PeerAddress { get; init; }

    /// <summary>The whole configuration, for those who want to look at it.</summary>
    public required HoconObject Effective { get; init; }

    /// <summary>Each node gets a role of its own in the database.</summary>
    public required bool NodeRoles { get; init; }

    /// <summary>How nodes reach the database, without user and password; empty: as the lighthouse does.</summary>
    public required string NodesConnect { get; init; }

    /// <summary>Keys that nobody knows.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The runtime's.</summary>
    public RuntimeOptions Runtime => new() { DataFolder = Data, Node = Postgres is null ? "lighthouse" : Name, Address = $"https://{new IPEndPoint(Address, Port)}", MinimumFreeDisk = MinimumFreeDisk };

    /// <summary>Reads the settings of all layers: reference, the file of the data folder, environment, command line.</summary>
    /// <exception cref="HoconException">One cannot be used; says which, where, and what to do.</exception>
    public static LighthouseSettings Load(IReadOnlyList<string> overrides)
    {
        var reference = HoconParser.ParseFile(Path.Combine(AppContext.BaseDirectory, "hocon", "reference.conf"));
        var above = HoconOverrides.Parse(overrides).WithFallback(HoconOverrides.FromEnvironment(Variables(), ignored: NotSettings));
        var data = DataFolder(above.WithFallback(reference).Resolve().GetString("orchestrator.lighthouse.data"));
        var file = Path.Combine(data, "lighthouse.conf");
        var own = File.Exists(file) ? above.WithFallback(HoconParser.ParseFile(file)) : above;
        var all = own.WithFallback(reference).Resolve();
        var warnings = UnknownKeys.Find(reference.Resolve(), all, ["orchestrator.roles"]).Select(static k => k.ToString());
        return Read(all, data, [.. warnings]);
    }

    private static LighthouseSettings Read(HoconObject all, string data, IReadOnlyList<string> warnings)
    {
        var (own, cluster) = (all.GetObject("orchestrator.lighthouse"), all.GetObject("orchestrator.cluster"));
        var name = own.GetString("name") is { Length: > 0 } named ? named : $"lighthouse-{Environment.MachineName.ToLowerInvariant()}";
        return new LighthouseSettings
        {
            Data = data,
            Address = IPAddress.TryParse(own.GetString("address"), out var address)
                ? address
                : throw new HoconException($"orchestrator.lighthouse.address is '{own.GetString("address")}': use an IP address of this machine"),
            Port = own.GetInt("port") is >= 0 and <= 65535 and var port
                ? port
                : throw new HoconException($"orchestrator.lighthouse.port is {own.GetInt("port")}: use 0 to 65535"),
            Names = own.GetStringList("names") is { Count: > 0 } names ? names : throw new HoconException("orchestrator.lighthouse.names is empty: name at least one"),
            PassphraseFile = own.GetString("passphrase-file") is { Length: > 0 } passphrase ? Path.GetFullPath(passphrase) : Path.Combine(data, "ca.passphrase"),
            JoinTokenValidity = Positive(own, "join-token-validity", TimeSpan.FromDays(30)),
            CertificateValidity = Positive(own, "certificate-validity", TimeSpan.FromDays(365)),
            JoinsPerMinute = own.GetInt("joins-per-minute") is > 0 and var joins ? joins : throw new HoconException("orchestrator.lighthouse.joins-per-minute: use 1 or more"),
            LogLevel = Enum.TryParse<LogLevel>(all.GetString("orchestrator.log.level"), ignoreCase: true, out var level)
                ? level
                : throw new HoconException($"orchestrator.log.level is '{all.GetString("orchestrator.log.level")}': use trace, debug, information, warning or error"),
            MinimumFreeDisk = all.GetBytes("orchestrator.runtime.minimum-free-disk"),
            Name = name.Length <= LongestName && name.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
                ? name
                : throw new HoconException($"orchestrator.lighthouse.name is '{name}': use at most {LongestName} lower-case letters, digits and dashes"),
            Postgres = all.GetString("orchestrator.store") switch
            {
                "sqlite" => null,
                "postgres" => new PostgresOptions { Connection = HoconException.Rethrown(() => PostgresConnectionText.OfSettings(all.GetString("orchestrator.postgres.connection"), all.GetString("orchestrator.postgres.password-file"))), Node = name, Alone = false, OpenWithin = all.GetDuration("orchestrator.postgres.wait-at-start") },
                var store => throw new HoconException($"orchestrator.store is '{store}': use sqlite or postgres"),
            },
            PeerAddress = HoconException.Rethrown(() => PeerAddress.Parse(cluster.GetString("address"), cluster.GetInt("port"), cluster.GetString("advertise"))),
            Effective = all,
            NodeRoles = own.GetBoolean("node-roles"),
            NodesConnect = NodesConnection(own.GetString("nodes-connect")),
            Warnings = warnings,
        };
    }

    private static string NodesConnection(string text)
    {
        try
        {
            return text.Length == 0 || new NpgsqlConnectionStringBuilder(text) is { Host.Length: > 0, Database.Length: > 0, Username: null or "", Password: null or "" }
                ? text
                : throw new HoconException("orchestrator.lighthouse.nodes-connect: write Host=...;Database=..., and neither user nor password, which are those of each node");
        }
        catch (ArgumentException e)
        {
            throw new HoconException($"orchestrator.lighthouse.nodes-connect is no connection string: {e.Message}", e);
        }
    }

    private static TimeSpan Positive(HoconObject own, string key, TimeSpan longest)
        => own.GetDuration(key) is var length && length > TimeSpan.Zero && length <= longest
            ? length
            : throw new HoconException($"orchestrator.lighthouse.{key} is {length}: use more than 0 and at most {longest.TotalDays:0} days");

    private static IEnumerable<KeyValuePair<string, string>> Variables() => Environment.GetEnvironmentVariables()
        .Cast<DictionaryEntry>()
        .Select(static e => KeyValuePair.Create((string)e.Key, (string?)e.Value ?? string.Empty));

    private static string DataFolder(string configured)
    {
        if (configured.Length > 0)
        {
            return Path.GetFullPath(configured);
        }

        var share = Environment.GetEnvironmentVariable("XDG_DATA_HOME") is { Length: > 0 } said
            ? said
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "share");
        return Path.Combine(share, "orchestrator-lighthouse");
    }
}
