using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Orchestrator.Api.Cluster;

namespace Orchestrator.Benchmarks.Cluster;

/// <summary>The authority of a measurement's cluster, in a file that its members in other processes read too.</summary>
internal static class Authority
{
    private static readonly TimeSpan Validity = TimeSpan.FromDays(1);

    /// <summary>Makes it in <paramref name="folder"/>.</summary>
    public static void Found(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=benchmark", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        var now = TimeProvider.System.GetUtcNow();
        using var root = request.CreateSelfSigned(now - Validity, now + Validity);
        File.WriteAllBytes(FileOf(folder), root.Export(X509ContentType.Pkcs12));
    }

    /// <summary>A certificate for the member <paramref name="name"/>.</summary>
    public static PeerCertificates Issue(string folder, string name)
    {
        using var root = X509CertificateLoader.LoadPkcs12FromFile(FileOf(folder), password: null);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(PeerCertificates.ServerAuthentication), new Oid(PeerCertificates.ClientAuthentication)], critical: false));
        using var issued = request.Create(root, new DateTimeOffset(root.NotBefore), new DateTimeOffset(root.NotAfter), RandomNumberGenerator.GetBytes(8));
        using var own = issued.CopyWithPrivateKey(key);
        return new PeerCertificates(X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), password: null), X509CertificateLoader.LoadCertificate(root.Export(X509ContentType.Cert)));
    }

    private static string FileOf(string folder) => Path.Combine(folder, "authority.p12");
}
