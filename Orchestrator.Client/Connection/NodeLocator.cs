using System.Collections.Immutable;
using System.Text.Json;

namespace Orchestrator.Client;

/// <summary>A node's address and the token to use there.</summary>
/// <param name="Address">The address of the API.</param>
/// <param name="Token">The bearer token.</param>
/// <param name="Source">Where they were found, for people.</param>
public sealed record NodeConnection(Uri Address, string Token, string Source)
{
    /// <summary>Other addresses of the same cluster, asked in turn where the first does not answer; the token is good there too.</summary>
    public ImmutableArray<Uri> Others { get; init; } = [];

    /// <summary>The root certificate that is believed there and no other, in PEM; null: those that the machine believes.</summary>
    public string? AuthorityPem { get; init; }
}

/// <summary>What a user has said about the node to talk to; null where nothing was said.</summary>
/// <param name="Url">The address; several of one cluster with commas between them.</param>
/// <param name="Token">The token.</param>
/// <param name="DataFolder">The data folder of a node on this machine.</param>
public sealed record NodeChoice(string? Url = null, string? Token = null, string? DataFolder = null)
{
    /// <summary>The file with the root certificate to believe at an address that was said.</summary>
    public string? Authority { get; init; }
}

/// <summary>
/// Finds a node and a token: what was said, then what an agent was given (<c>ORC_NODE_FILE</c> with <c>ORC_TOKEN</c>), then <c>ORC_URL</c> and <c>ORC_TOKEN</c>, then the data folder (<c>ORC_DATA</c>, by default
/// <c>${XDG_DATA_HOME:-~/.local/share}/orchestrator</c>) with the files <c>node.json</c> and <c>cli.token</c> of a running node, then what <c>orc login</c> has kept.
/// </summary>
public static class NodeLocator
{
    /// <summary>The file in the data folder that says where the node answers.</summary>
    public const string NodeFile = "node.json";

    /// <summary>The file in the data folder with the local token; its mode is 0600.</summary>
    public const string TokenFile = "cli.token";

    /// <summary>The variable of an agent that names the address file of its node.</summary>
    public const string AgentVariable = "ORC_NODE_FILE";

    /// <summary>Where a node keeps its data unless it is told otherwise.</summary>
    public static string DefaultDataFolder => Environment.GetEnvironmentVariable("ORC_DATA") is { Length: > 0 } said
        ? said
        : Path.Combine(BaseFolder("XDG_DATA_HOME", ".local/share"), "orchestrator");

    /// <summary>Where <c>orc login</c> keeps a login.</summary>
    public static string LoginFile => Path.Combine(BaseFolder("XDG_CONFIG_HOME", ".config"), "orchestrator", "login.json");

    /// <summary>Finds the node.</summary>
    /// <exception cref="NoNodeException">There is none; the message says how to start one.</exception>
    public static NodeConnection Find(NodeChoice choice)
    {
        var folder = choice.DataFolder ?? DefaultDataFolder;
        var token = Said(choice.Token, "ORC_TOKEN");
        if (choice is { Url: null, DataFolder: null } && token is not null && AddressForAgents() is { } here)
        {
            return new NodeConnection(Checked(here.Address), token, AgentVariable);
        }

        if (Said(choice.Url, "ORC_URL") is { } url)
        {
            var urls = url.Split(',', StringSplitOptions.TrimEntries);
            return new NodeConnection(Checked(urls[0]), token ?? TokenFor(urls[0], folder), "--url or ORC_URL")
            {
                Others = [.. urls[1..].Select(Checked)],
                AuthorityPem = Said(choice.Authority, "ORC_CA") is { } file ? AuthorityIn(file) : null,
            };
        }

        if (ReadNode(folder) is { } node && IsAlive(node.Pid))
        {
            return new NodeConnection(Checked(node.Address), token ?? ReadToken(folder), folder);
        }

        if (choice.DataFolder is null && ReadLogin() is { } login)
        {
            return new NodeConnection(Checked(login.Address), token ?? login.Token, LoginFile);
        }

        throw new NoNodeException($"no node is running with its data in {folder}. Start one with ./run (or: orchestrator-node --data {folder}), "
            + "or name one with --url and --token, ORC_URL and ORC_TOKEN, or --data.");
    }

    /// <summary>The address file of the node whose data lies in <paramref name="folder"/>, or null where there is none.</summary>
    public static NodeAddress? ReadNode(string folder)
        => Read(Path.Combine(folder, NodeFile)) is { } text ? Parse(text, ApiJson.Wire.NodeAddress, Path.Combine(folder, NodeFile)) : null;

    // An agent is given its token and the file that says where its node answers: one that was restarted may have another address.
    private static NodeAddress? AddressForAgents()
        => Environment.GetEnvironmentVariable(AgentVariable) is { Length: > 0 } file && Read(file) is { } text && Parse(text, ApiJson.Wire.NodeAddress, file) is { } node && IsAlive(node.Pid) ? node : null;

    private static Login? ReadLogin() => Read(LoginFile) is { } text ? Parse(text, ApiJson.Wire.Login, LoginFile) : null;

    private static string TokenFor(string url, string folder)
    {
        var here = ReadNode(folder);
        if (here is not null && Checked(here.Address) == Checked(url))
        {
            return ReadToken(folder);
        }

        return ReadLogin() is { } login && Checked(login.Address) == Checked(url)
            ? login.Token
            : throw new NoNodeException($"there is no token for {url}: give --token or ORC_TOKEN, or run: orc login --url {url} --code CODE");
    }

    private static string AuthorityIn(string file) => Read(file) is { } pem && pem.Contains("-----BEGIN CERTIFICATE-----", StringComparison.Ordinal)
        ? pem
        : throw new NoNodeException($"{file} (--ca or ORC_CA) holds no certificate in PEM: it is the file ca.pem of a lighthouse's data folder, or of the folder cluster of a node's");

    private static string ReadToken(string folder)
    {
        var file = Path.Combine(folder, TokenFile);
        return Read(file)?.Trim() is { Length: > 0 } token
            ? token
            : throw new NoNodeException($"{file} is missing or may not be read: only the user who runs the node can. Give --token or ORC_TOKEN.");
    }

    private static string? Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static T Parse<T>(string text, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, string file)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(text, type) ?? throw new JsonException("it is empty");
        }
        catch (JsonException e)
        {
            throw new NoNodeException($"{file} cannot be read: {e.Message}");
        }
    }

    private static Uri Checked(string url)
        => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : throw new NoNodeException($"'{url}' is not an address: expected something like http://127.0.0.1:7717");

    private static string? Said(string? said, string variable)
        => said is { Length: > 0 } ? said : Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;

    private static string BaseFolder(string variable, string underHome)
        => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } said
            ? said
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), underHome);

    // A node that was killed leaves its address file behind. Where /proc does not exist, the connection itself tells.
    private static bool IsAlive(int pid) => !Directory.Exists("/proc/self") || Directory.Exists($"/proc/{pid}");
}
