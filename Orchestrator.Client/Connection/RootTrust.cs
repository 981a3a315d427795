using System.Security.Cryptography.X509Certificates;

namespace Orchestrator.Client;

/// <summary>How a certificate is held against the root of a cluster's authority.</summary>
public static class RootTrust
{
    /// <summary>Believes what leads to <paramref name="root"/> and nothing else. Nothing is fetched; what is revoked, members tell each other.</summary>
    /// <param name="root">The root certificate.</param>
    public static X509ChainPolicy Only(X509Certificate2 root) => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        CustomTrustStore = { root },
        RevocationMode = X509RevocationMode.NoCheck,
        DisableCertificateDownloads = true,
    };
}
