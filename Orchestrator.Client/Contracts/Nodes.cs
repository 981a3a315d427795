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
