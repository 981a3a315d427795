using System.Collections;
using System.Collections.Immutable;
using System.Net;

using Microsoft.Extensions.Logging;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Gaps;
using Orchestrator.Actors.Messaging.Protocol;
using Orchestrator.Actors.Recovery;
using Orchestrator.Hocon;
using Orchestrator.Node.Policies;
using Orchestrator.Runtime;

namespace Orchestrator.Node.Settings;

/// <summary>The settings of a node, read and checked; <c>hocon/reference.conf</c> says what each means.</summary>
internal sealed record NodeSettings
{
    // Variables of the command-line tool, of agents and of tests.
    private static readonly string[] NotSettings = ["ORC_URL", "ORC_CA", "ORC_TOKEN", "ORC_DATA", "ORC_NODE_PROGRAM", "ORC_AGENT", "ORC_GENERATION", "ORC_NODE_FILE", "ORC_FAIL_POINT", PostgresConnectionText.PasswordVariable, ClusterSettings.JoinTokenVariable];

    private const long MostTranscript = 256 * 1024 * 1024;

    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>The data folder.</summary>
    public required string Data { get; init; }

    /// <summary>What the API listens on.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>The port; 0 for any.</summary>
    public required int Port { get; init; }

    /// <summary>Further names that a request may address it by.</summary>
    public required IReadOnlyList<string> Hosts { get; init; }

    /// <summary>Origins that a page may call from.</summary>
    public required IReadOnlyList<string> Origins { get; init; }

    /// <summary>How much is logged.</summary>
    public required LogLevel LogLevel { get; init; }

    /// <summary>Log lines as JSON.</summary>
    public required bool LogJson { get; init; }

    /// <summary>The runtime's.</summary>
    public required RuntimeOptions Runtime { get; init; }

    /// <summary>The PostgreSQL that everything is stored in; null: SQLite in the data folder.</summary>
    public required PostgresOptions? Postgres { get; init; }

    /// <summary>What makes it a member of a cluster; null: a node on its own.</summary>
    public required ClusterSettings? Cluster { get; init; }

    /// <summary>The tmux program.</summary>
    public required string Tmux { get; init; }

    /// <summary>Words before the command that starts the tmux server.</summary>
    public required IReadOnlyList<string> TmuxLaunchPrefix { get; init; }

    /// <summary>Lines of history of a pane.</summary>
    public required int TmuxHistory { get; init; }

    /// <summary>How many recordings of panes run at once, 1 to 1000.</summary>
    public required int Recordings { get; init; }

    /// <summary>Folders that agents may work in.</summary>
    public required IReadOnlyList<string> Folders { get; init; }

    /// <summary>How long nothing must have happened to an agent before it is offered for clean-up.</summary>
    public required TimeSpan InactiveAfter { get; init; }

    /// <summary>How much of the transcript of a program is kept when it ends, in bytes; 0 keeps none.</summary>
    public required long TranscriptSize { get; init; }

    /// <summary>Folders of profiles, later ones win.</summary>
    public required IReadOnlyList<string> Profiles { get; init; }

    /// <summary>The command-line tool.</summary>
    public required string Orc { get; init; }

    /// <summary>The roles, with what each is told and may use.</summary>
    public required ImmutableSortedDictionary<string, RoleDescription> Roles { get; init; }

    /// <summary>By which rules dialogs are decided without a person.</summary>
    public required PolicyCatalog Policies { get; init; }

    /// <summary>After how long something is a gap.</summary>
    public required GapSettings Gaps { get; init; }

    /// <summary>What is done when something is wrong with an agent.</summary>
    public required RecoverySettings Recovery { get; init; }

    /// <summary>The programs and webhooks that recovery may call.</summary>
    public required CustomRecoveries Customs { get; init; }

    /// <summary>The whole configuration, for those who want to look at it.</summary>
    public required HoconObject Effective { get; init; }

    /// <summary>The types of messages.</summary>
    public required MessageTypes MessageTypes { get; init; }

    /// <summary>What messages are held to.</summary>
    public required ProtocolRules Protocol { get; init; }

    /// <summary>How long nobody must have spoken in a conversation before it is idle.</summary>
    public required TimeSpan ConversationIdleAfter { get; init; }

    /// <summary>How long new messages of a conversation are gathered before its agents are told.</summary>
    public required TimeSpan ConversationBatch { get; init; }

    /// <summary>Keys that nobody knows.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Reads the settings of all layers: reference, the file of the data folder, environment, command line.</summary>
    /// <exception cref="HoconException">One cannot be used; says which, where, and what to do.</exception>
    public static NodeSettings Load(IReadOnlyList<string> overrides)
    {
        var reference = HoconParser.ParseFile(Path.Combine(AppContext.BaseDirectory, "hocon", "reference.conf"));
        var known = reference.Resolve();
        var above = HoconOverrides.Parse(overrides).WithFallback(HoconOverrides.FromEnvironment(Variables(), ignored: NotSettings));
        var data = DataFolder(above.WithFallback(reference).Resolve().GetString("orchestrator.node.data"));
        var file = Path.Combine(data, "node.conf");
        var own = File.Exists(file) ? above.WithFallback(HoconParser.ParseFile(file)) : above;
        var all = own.WithFallback(reference).Resolve();
        var warnings = UnknownKeys.Find(known, own.WithFallback(reference).Resolve(), ["orchestrator.roles", "orchestrator.policies", "orchestrator.gaps.roles", "orchestrator.recovery.roles", "orchestrator.recovery.fallbacks", "orchestrator.recovery.customs"]).Select(static k => k.ToString());
        return Read(all, data, [.. warnings]);
    }

    private static NodeSettings Read(HoconObject all, string data, IReadOnlyList<string> warnings)
    {
        var name = Or(all.GetString("orchestrator.node.name"), Environment.MachineName).ToLowerInvariant();
        return new NodeSettings
        {
            Name = name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '-')
                ? name
                : throw new HoconException($"orchestrator.node.name is '{name}': use letters, digits and dashes"),
            Data = data,
            Address = LoopbackOf(all.GetString("orchestrator.node.address")),
            Port = all.GetInt("orchestrator.node.port") is >= 0 and <= 65535 and var port
                ? port
                : throw new HoconException($"orchestrator.node.port is {all.GetInt("orchestrator.node.port")}: use 0 to 65535"),
            Hosts = all.GetStringList("orchestrator.node.hosts"),
            Origins = all.GetStringList("orchestrator.node.origins"),
            LogLevel = Enum.TryParse<LogLevel>(all.GetString("orchestrator.log.level"), ignoreCase: true, out var level)
                ? level
                : throw new HoconException($"orchestrator.log.level is '{all.GetString("orchestrator.log.level")}': use trace, debug, information, warning or error"),
            LogJson = all.GetBoolean("orchestrator.log.json"),
            Runtime = new RuntimeOptions
            {
                DataFolder = data,
                Node = name,
                MailboxCapacity = all.GetInt("orchestrator.runtime.mailbox-capacity"),
                NodeCapacity = all.GetInt("orchestrator.runtime.node-capacity"),
                MaximumAttempts = all.GetInt("orchestrator.runtime.maximum-attempts"),
                MinimumBackoff = all.GetDuration("orchestrator.runtime.minimum-backoff"),
                MaximumBackoff = all.GetDuration("orchestrator.runtime.maximum-backoff"),
                DedupeWindow = all.GetDuration("orchestrator.runtime.dedupe-window"),
                MinimumFreeDisk = all.GetBytes("orchestrator.runtime.minimum-free-disk"),
                DrainTimeout = all.GetDuration("orchestrator.runtime.drain-timeout"),
            },
            Postgres = all.GetString("orchestrator.store") switch
            {
                "sqlite" => null,
                "postgres" => PostgresSettings.Read(all, name, data),
                var store => throw new HoconException($"orchestrator.store is '{store}': use sqlite or postgres"),
            },
            Cluster = ClusterSettings.Read(all, data),
            Tmux = all.GetString("orchestrator.tmux.program"),
            TmuxLaunchPrefix = all.GetStringList("orchestrator.tmux.launch-prefix"),
            TmuxHistory = all.GetInt("orchestrator.tmux.history"),
            Recordings = all.GetInt("orchestrator.tmux.recordings") is >= 1 and <= 1000 and var recordings
                ? recordings
                : throw new HoconException($"orchestrator.tmux.recordings is {all.GetInt("orchestrator.tmux.recordings")}: use 1 to 1000"),
            Folders = all.GetStringList("orchestrator.agents.folders"),
            InactiveAfter = all.GetDuration("orchestrator.agents.inactive-after") is { Ticks: > 0 } inactive
                ? inactive
                : throw new HoconException("orchestrator.agents.inactive-after must be more than 0"),
            TranscriptSize = all.GetBytes("orchestrator.agents.transcript-size") is >= 0 and <= MostTranscript and var size
                ? size
                : throw new HoconException("orchestrator.agents.transcript-size is 0 (none is kept) to 256 MiB"),
            Profiles = [Path.Combine(AppContext.BaseDirectory, "hocon", "agents"), .. all.GetStringList("orchestrator.agents.profiles"), Path.Combine(data, "agents")],
            Orc = Or(all.GetString("orchestrator.agents.orc"), Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "cli", "orc"))),
            Roles = RoleSettings.Read(all),
            Policies = PolicyCatalog.Read(all),
            Gaps = GapsSettings.Read(all),
            Recovery = RecoveryReader.Read(all),
            Customs = CustomRecoveries.Read(all),
            MessageTypes = MessageTypeFile.Read(data),
            Protocol = ProtocolSettings.Read(all),
            ConversationIdleAfter = ProtocolSettings.Time(all, "idle-after", "orchestrator.conversations"),
            ConversationBatch = ProtocolSettings.Time(all, "batch", "orchestrator.conversations"),
            Effective = all,
            Warnings = warnings,
        };
    }

    private static IEnumerable<KeyValuePair<string, string>> Variables() => Environment.GetEnvironmentVariables()
        .Cast<DictionaryEntry>()
        .Select(static e => KeyValuePair.Create((string)e.Key, (string?)e.Value ?? string.Empty));

    private static string DataFolder(string configured)
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var share = Or(Environment.GetEnvironmentVariable("XDG_DATA_HOME") ?? string.Empty, Path.Combine(home, ".local", "share"));
        return Path.GetFullPath(Or(configured, Path.Combine(share, "orchestrator")));
    }

    private static IPAddress LoopbackOf(string text)
        => IPAddress.TryParse(text, out var address) && IPAddress.IsLoopback(address)
            ? address
            : throw new HoconException($"orchestrator.node.address is '{text}': a single node listens on a loopback address only (127.0.0.1 or ::1); reach it from elsewhere through ssh -L");

    private static string Or(string text, string otherwise) => text.Length > 0 ? text : otherwise;
}
