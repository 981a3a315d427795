using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Orchestrator.Client;

namespace Orchestrator.Api.Cluster;

/// <summary>Who this node is to the others, and whom it believes: its own certificate, and the root of the cluster's authority. No other root counts, neither here nor there.</summary>
/// <param name="own">This node's certificate with its key; its common name is the node's name.</param>
/// <param name="root">The root certificate of the cluster.</param>
public sealed class PeerCertificates(X509Certificate2 own, X509Certificate2 root)
{
    /// <summary>The extended key usage of a server (RFC 5280).</summary>
    public const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>The extended key usage of a client (RFC 5280).</summary>
    public const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    // As one object, so that a rotation changes both at once.
    private volatile Pair _pair = new(own, root);

    private ImmutableHashSet<string> _revoked = [];

    /// <summary>The serial numbers of certificates that are believed no more, whatever else speaks for them.</summary>
    public ImmutableHashSet<string> Revoked
    {
        get => Volatile.Read(ref _revoked);

        // A full fence: who then looks for open connections sees each that was noted before its certificate was held against the set of before.
        set => Interlocked.Exchange(ref _revoked, value);
    }

    /// <summary>Awaited when somebody has shaken hands with this member and is not noted as being there yet; tests revoke it just then.</summary>
    internal Func<Task>? ShookHands { get; set; }

    /// <summary>This node's certificate.</summary>
    public X509Certificate2 Own => _pair.Own;

    /// <summary>Goes over to a new certificate: connections made from now on show it.</summary>
    public void Rotate(X509Certificate2 renewed) => Rotate(renewed, _pair.Root);

    /// <summary>Goes over to a new certificate and a new root: connections made from now on show the one and are held against the other.</summary>
    public void Rotate(X509Certificate2 renewed, X509Certificate2 root) => _pair = new Pair(renewed, root);

    /// <summary>The name of the node that shows <paramref name="certificate"/>; null unless the cluster's authority vouches for it now, as a client or as a server, and it has not been revoked.</summary>
    public string? NameOf(X509Certificate2? certificate, bool asServer)
        => certificate is not null && !Revoked.Contains(certificate.SerialNumber) ? NameOf(certificate, _pair.Root, asServer) : null;

    /// <summary>The name of the node that shows <paramref name="certificate"/>; null unless the authority with this root vouches for it now, as a client or as a server.</summary>
    public static string? NameOf(X509Certificate2? certificate, X509Certificate2 root, bool asServer)
    {
        if (certificate is null)
        {
            return null;
        }

        using var chain = new X509Chain { ChainPolicy = RootTrust.Only(root) };
        chain.ChainPolicy.ApplicationPolicy.Add(new System.Security.Cryptography.Oid(asServer ? ServerAuthentication : ClientAuthentication));
        return chain.Build(certificate) ? certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false) : null;
    }

    internal RemoteCertificateValidationCallback ServerNamed(string name)
        => (_, certificate, _, _) => string.Equals(NameOf(certificate as X509Certificate2, asServer: true), name, StringComparison.Ordinal);

    private sealed record Pair(X509Certificate2 Own, X509Certificate2 Root);
}
