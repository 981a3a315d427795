using System.Collections.Immutable;

namespace Orchestrator.Client;

/// <summary>Where a node answers: the file <c>node.json</c> in its data folder, written when it is ready and removed when it stops.</summary>
/// <param name="Address">The address of its API, for example <c>http://127.0.0.1:7717</c>.</param>
/// <param name="Pid">Its process id.</param>
/// <param name="Name">Its name.</param>
public sealed record NodeAddress(string Address, int Pid, string Name);

/// <summary>A login that <c>orc login</c> has kept: <c>login.json</c> in the configuration folder, readable by its owner only.</summary>
/// <param name="Address">The address of the API.</param>
/// <param name="Token">The token.</param>
public sealed record Login(string Address, string Token);

/// <summary>One setting in force.</summary>
/// <param name="Path">Its path in HOCON, for example <c>orchestrator.node.name</c>.</param>
/// <param name="Value">Its value; secrets are shown as <c>(redacted)</c>.</param>
/// <param name="Origin">Where it was set, as far as it is known: file and line, environment, command line.</param>
public sealed record SettingInfo(string Path, string? Value, string? Origin);

/// <summary>How a node is.</summary>
/// <param name="Status">ok, or what is wrong.</param>
public sealed record HealthInfo(string Status);

/// <summary>A node of the cluster.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">joining, up, leaving or down.</param>
/// <param name="Incarnation">The number of its last start in the cluster; 0 for a node that is in none.</param>
/// <param name="Address">Where the other nodes reach it.</param>
/// <param name="Roles">worker: it has agents.</param>
/// <param name="Labels">The labels that its operator gave it.</param>
/// <param name="Version">The version of its program.</param>
/// <param name="Beats">The beats of its heart, counted since it first joined.</param>
/// <param name="Shards">How many of the 64 shards of entities it owns.</param>
/// <param name="Agents">How many agents have a program on it, those of a node that is lost included.</param>
/// <param name="Drained">Nothing new is placed on it.</param>
/// <param name="LostAt">For a node that is down: since when, as the cluster noticed it.</param>
/// <param name="StaysLost">It was waited for as long as the settings say, and has not come back.</param>
/// <param name="IsSelf">It is the node that answers.</param>
public sealed record ClusterNodeInfo(
    string Name,
    string State,
    long Incarnation,
    string Address,
    ImmutableArray<string> Roles,
    ImmutableArray<string> Labels,
    string Version,
    long Beats,
    int Shards,
    int Agents,
    bool Drained,
    DateTimeOffset? LostAt,
    bool StaysLost,
    bool IsSelf);
