using System.Net;

namespace Orchestrator.Api.Cluster;

/// <summary>Where a member opens its port for the others, and where they reach it.</summary>
/// <param name="Listen">What it listens on; port 0 takes a free one.</param>
/// <param name="Host">The host that the others reach it by; empty: the address that it listens on.</param>
/// <param name="Port">The port that they reach it by; null: the one that it listens on.</param>
public sealed record PeerAddress(IPEndPoint Listen, string Host, int? Port)
{
    /// <summary>Reads the settings of <c>orchestrator.cluster</c>.</summary>
    /// <param name="address">An IP address of this machine.</param>
    /// <param name="port">A port.</param>
    /// <param name="advertise">By which host, or host and port, the others reach it; may be empty.</param>
    /// <exception cref="FormatException">One of them cannot be used; says what to do.</exception>
    public static PeerAddress Parse(string address, int port, string advertise)
    {
        if (!IPAddress.TryParse(address, out var ip))
        {
            throw new FormatException($"orchestrator.cluster.address is '{address}': use an IP address of this machine");
        }

        if (port is < IPEndPoint.MinPort or > IPEndPoint.MaxPort)
        {
            throw new FormatException($"orchestrator.cluster.port is {port}: use 0 to 65535");
        }

        var listen = new IPEndPoint(ip, port);
        if (advertise.Length == 0)
        {
            return ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)
                ? throw new FormatException($"orchestrator.cluster.address is {ip}, which nobody can reach: say in orchestrator.cluster.advertise by which name or address the other members reach this machine")
                : new PeerAddress(listen, string.Empty, Port: null);
        }

        return Uri.TryCreate($"https://{advertise}", UriKind.Absolute, out var uri) && uri is { AbsolutePath: "/", Query: "", UserInfo: "" } && !advertise.EndsWith('/')
            ? new PeerAddress(listen, uri.Host, advertise[(advertise.LastIndexOf(']') + 1)..].Contains(':', StringComparison.Ordinal) ? uri.Port : null)
            : throw new FormatException($"orchestrator.cluster.advertise is '{advertise}': write host or host:port");
    }

    /// <summary>Where the others reach the port that was opened as <paramref name="listening"/>.</summary>
    public string Of(IPEndPoint listening)
        => Host.Length == 0 ? new IPEndPoint(listening.Address, Port ?? listening.Port).ToString() : FormattableString.Invariant($"{Host}:{Port ?? listening.Port}");
}
