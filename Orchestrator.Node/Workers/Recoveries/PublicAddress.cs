using System.Net;
using System.Net.Sockets;

namespace Orchestrator.Node.Workers.Recoveries;

/// <summary>Which addresses a webhook may lead to: those of the internet, none of this machine or of networks around it (RFC 6890 and its registries).</summary>
internal static class PublicAddress
{
    private static readonly IPNetwork[] Closed =
    [
        .. ((string[])[
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
            "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
        ]).Select(IPNetwork.Parse),
    ];

    // What is not assigned as global unicast is closed, and of that what carries another address within, documentation and benchmarks.
    private static readonly IPNetwork Global = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork[] NotGlobal = [.. ((string[])["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"]).Select(IPNetwork.Parse)];

    /// <summary>Whether it may be called.</summary>
    public static bool Allows(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return plain.AddressFamily == AddressFamily.InterNetwork
            ? !Closed.Any(network => network.Contains(plain))
            : Global.Contains(plain) && !NotGlobal.Any(network => network.Contains(plain));
    }
}
