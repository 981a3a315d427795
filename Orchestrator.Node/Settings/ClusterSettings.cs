using System.Collections.Immutable;
using System.Text.RegularExpressions;

using Orchestrator.Actors.Agents;
using Orchestrator.Api.Cluster;
using Orchestrator.Hocon;
using Orchestrator.Runtime;

namespace Orchestrator.Node.Settings;

/// <summary>What makes this node a member of a cluster: <c>orchestrator.cluster</c>.</summary>
internal sealed partial record ClusterSettings
{
    /// <summary>The environment variable with the join token.</summary>
    public const string JoinTokenVariable = "ORC_JOIN_TOKEN";

    private const int MostLabels = 20;
    private static readonly TimeSpan LeastGrace = TimeSpan.FromSeconds(5);

    /// <summary>The port for the other members, and where they reach it.</summary>
    public required PeerAddress Address { get; init; }

    /// <summary>What it is there for, and the labels of the operator.</summary>
    public required ImmutableArray<string> Roles { get; init; }

    /// <summary>The certificate of this node, in PEM.</summary>
    public required string CertificateFile { get; init; }

    /// <summary>Its key, in PEM; may be the same file.</summary>
    public required string KeyFile { get; init; }

    /// <summary>The root certificate of the cluster's authority, in PEM.</summary>
    public required string AuthorityFile { get; init; }

    /// <summary>What a lighthouse has told of the database.</summary>
    public string DatabaseFile => Path.Combine(Path.GetDirectoryName(CertificateFile)!, "database.json");

    /// <summary>The lighthouses, which share one authority; none: certificates are somebody else's business.</summary>
    public required ImmutableArray<Uri> Lighthouses { get; init; }

    /// <summary>The SHA-256 of the authority's root, in lower-case hexadecimal; empty if it is not known.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The file with the join token; empty for none.</summary>
    public required string JoinTokenFile { get; init; }

    /// <summary>How long before its end a certificate is renewed.</summary>
    public required TimeSpan RenewBefore { get; init; }

    /// <summary>For how long a lost node is waited for before it is said that it stays away.</summary>
    public required TimeSpan AlertAfter { get; init; }

    /// <summary>What becomes of agents for which nothing was chosen, when their node is lost.</summary>
    public required LossPolicy OnNodeLoss { get; init; }

    /// <summary>The node starts its guard itself; else that is a service of its own.</summary>
    public required bool StartsGuard { get; init; }

    /// <summary>For how long this node may be without word from the cluster before its guard stops the agents that may be placed elsewhere; at least 5 s.</summary>
    public required TimeSpan GuardGrace { get; init; }

    /// <summary>How often the branches of agents that may be placed elsewhere are pushed while they work.</summary>
    public required TimeSpan PushEvery { get; init; }

    /// <summary>Reads <c>orchestrator.cluster</c>; null for a node on its own.</summary>
    /// <exception cref="HoconException">It cannot be used; says what to do.</exception>
    public static ClusterSettings? Read(HoconObject all, string data)
    {
        var cluster = all.GetObject("orchestrator.cluster");
        if (!cluster.GetBoolean("member"))
        {
            return null;
        }

        if (all.GetString("orchestrator.store") != "postgres")
        {
            throw new HoconException("orchestrator.cluster.member is true, and orchestrator.store is not postgres: the members of a cluster share a PostgreSQL");
        }

        var certificate = Named(cluster, "certificate", data, "node.pem");
        return new ClusterSettings
        {
            Address = HoconException.Rethrown(() => PeerAddress.Parse(cluster.GetString("address"), cluster.GetInt("port"), cluster.GetString("advertise"))),
            Roles = [.. RolesOf(cluster), .. LabelsOf(cluster)],
            CertificateFile = certificate,
            KeyFile = cluster.GetString("key") is { Length: > 0 } key ? Path.GetFullPath(key) : certificate,
            AuthorityFile = Named(cluster, "authority", data, "ca.pem"),
            Lighthouses = LighthousesOf(cluster),
            Fingerprint = FingerprintOf(cluster),
            JoinTokenFile = cluster.GetString("join-token-file"),
            AlertAfter = cluster.GetDuration("alert-after") is { Ticks: >= 0 } wait ? wait : throw new HoconException("orchestrator.cluster.alert-after must not be less than 0"),
            OnNodeLoss = AgentWords.Parse<LossPolicy>(cluster.GetString("on-node-loss").Replace('-', '_')) ?? throw new HoconException($"orchestrator.cluster.on-node-loss is '{cluster.GetString("on-node-loss")}': use wait, re-place or leave"),
            StartsGuard = cluster.GetString("guard") switch
            {
                "own" => true,
                "service" => false,
                var guard => throw new HoconException($"orchestrator.cluster.guard is '{guard}': use own or service"),
            },
            GuardGrace = cluster.GetDuration("guard-grace") is var grace && grace >= LeastGrace ? grace : throw new HoconException($"orchestrator.cluster.guard-grace must be at least {LeastGrace.TotalSeconds:0} s: only after that time is a node lost"),
            PushEvery = cluster.GetDuration("push-every") is { Ticks: > 0 } push ? push : throw new HoconException("orchestrator.cluster.push-every must be more than 0"),
            RenewBefore = cluster.GetDuration("renew-before") is { Ticks: > 0 } before ? before : throw new HoconException("orchestrator.cluster.renew-before must be more than 0"),
        };
    }

    private static IReadOnlyList<string> RolesOf(HoconObject cluster)
        => cluster.GetStringList("roles") is var roles && roles.FirstOrDefault(static role => role != ClusterOptions.EntityRole) is { } unknown
            ? throw new HoconException($"orchestrator.cluster.roles has '{unknown}': a node is a {ClusterOptions.EntityRole} or has no role; what is yours to name are labels")
            : [.. roles.Distinct()];

    private static IReadOnlyList<string> LabelsOf(HoconObject cluster)
    {
        var labels = cluster.GetStringList("labels").Distinct().ToList();
        return labels.FirstOrDefault(static label => !Label().IsMatch(label) || label is ClusterOptions.EntityRole or ClusterOptions.LighthouseRole) is { } wrong
            ? throw new HoconException($"orchestrator.cluster.labels has '{wrong}': a label is 1 to 40 lower-case letters, digits, dots, dashes and underscores, and neither worker nor lighthouse")
            : labels.Count <= MostLabels ? labels : throw new HoconException($"orchestrator.cluster.labels has {labels.Count}: at most {MostLabels}");
    }

    private static string Named(HoconObject cluster, string key, string data, string otherwise)
        => cluster.GetString(key) is { Length: > 0 } named ? Path.GetFullPath(named) : Path.Combine(data, "cluster", otherwise);

    private static ImmutableArray<Uri> LighthousesOf(HoconObject cluster) =>
    [
        .. cluster.GetString("lighthouse").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(static text => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps
            ? uri
            : throw new HoconException($"orchestrator.cluster.lighthouse is '{text}': write https://host:port, as the lighthouse prints it, and a comma between several")),
    ];

    private static string FingerprintOf(HoconObject cluster)
    {
        var text = cluster.GetString("fingerprint");
        var hex = (text.StartsWith("sha256:", StringComparison.OrdinalIgnoreCase) ? text[7..] : text).ToLowerInvariant();
        return hex.Length is 0 or 64 && hex.All(char.IsAsciiHexDigitLower) ? hex : throw new HoconException($"orchestrator.cluster.fingerprint is '{text}': write sha256: and 64 hexadecimal digits, as 'orchestrator-lighthouse join-token' prints it");
    }

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]{0,39}\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Label();
}
