using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Orchestrator.Api.Cluster;

namespace Orchestrator.Lighthouse.Certificates;

/// <summary>The authority with its key opened: signs the certificates of nodes and of the lighthouse itself.</summary>
internal sealed class CertificateAuthority : IDisposable
{
    private const int RootYears = 10;
    private const int SerialBytes = 16;
    private const int KeyIterations = 600_000;
    private const int LeastRsaBits = 2048;

    /// <summary>Clocks of nodes may be behind by this much.</summary>
    private static readonly TimeSpan Backdating = TimeSpan.FromMinutes(5);

    private static readonly PbeParameters KeyEncryption = new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, KeyIterations);

    private readonly ECDsa _key;
    private readonly X509Certificate2 _root;

    private CertificateAuthority(ECDsa key, X509Certificate2 root) => (_key, _root) = (key, root);

    /// <summary>The root certificate.</summary>
    public X509Certificate2 Root => _root;

    /// <summary>The root certificate in PEM.</summary>
    public string CertificatePem => _root.ExportCertificatePem();

    /// <summary>The SHA-256 of the root certificate, in hexadecimal: what an operator compares.</summary>
    public string Fingerprint => FingerprintOf(_root);

    /// <summary>Makes a new root: its certificate, and its key under the passphrase.</summary>
    public static (string CertificatePem, string EncryptedKeyPem) Create(string passphrase, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(new X500DistinguishedName($"O=Orchestrator, CN=Orchestrator CA {Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}"), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        using var root = request.CreateSelfSigned(now - Backdating, now.AddYears(RootYears));
        return (root.ExportCertificatePem(), key.ExportEncryptedPkcs8PrivateKeyPem(passphrase, KeyEncryption));
    }

    /// <summary>Opens the key.</summary>
    /// <exception cref="CryptographicException">The passphrase is wrong, or the key is not that of the certificate.</exception>
    public static CertificateAuthority Open(string certificatePem, string encryptedKeyPem, string passphrase)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromEncryptedPem(encryptedKeyPem, passphrase);
            var root = X509Certificate2.CreateFromPem(certificatePem);
            using var known = root.GetECDsaPublicKey();
            return known is not null && known.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.ExportSubjectPublicKeyInfo())
                ? new CertificateAuthority(key, root)
                : throw new CryptographicException("the key is not that of the certificate");
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>Reads a PKCS#10 request and checks that its sender has the key. What it asks for beside the key is not looked at.</summary>
    /// <exception cref="CertificateRequestException">It is none, or its key is too weak.</exception>
    public static PublicKey ReadRequest(string pem)
    {
        PublicKey key;
        try
        {
            key = CertificateRequest.LoadSigningRequestPem(pem, HashAlgorithmName.SHA256).PublicKey;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or NotSupportedException)
        {
            throw new CertificateRequestException("the csr is not a PKCS#10 certificate request in PEM that is signed with its own key", e);
        }

        return IsStrong(key) ? key : throw new CertificateRequestException("the key of the csr must be ECDSA on P-256, P-384 or P-521, or RSA of 2048 bits or more");
    }

    /// <summary>Signs a certificate for a node: its name, client and server authentication.</summary>
    public X509Certificate2 IssueToNode(string name, PublicKey key, DateTimeOffset now, TimeSpan validity)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        return Sign(new CertificateRequest(new X500DistinguishedName($"O=Orchestrator, CN={name}"), key, HashAlgorithmName.SHA256), names, [PeerCertificates.ServerAuthentication, PeerCertificates.ClientAuthentication], now, validity);
    }

    /// <summary>Signs a certificate for a lighthouse as a member of the cluster, with a new key.</summary>
    public X509Certificate2 IssueToMember(string name, DateTimeOffset now, TimeSpan validity)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = IssueToNode(name, new PublicKey(key), now, validity);
        return certificate.CopyWithPrivateKey(key);
    }

    /// <summary>Signs a certificate for the lighthouse itself, with a new key.</summary>
    public X509Certificate2 IssueToServer(IEnumerable<string> names, DateTimeOffset now, TimeSpan validity)
    {
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (System.Net.IPAddress.TryParse(name, out var address))
            {
                alternatives.AddIpAddress(address);
            }
            else
            {
                alternatives.AddDnsName(name);
            }
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Sign(new CertificateRequest("O=Orchestrator, CN=lighthouse", key, HashAlgorithmName.SHA256), alternatives, [PeerCertificates.ServerAuthentication], now, validity);
        return certificate.CopyWithPrivateKey(key);
    }

    /// <summary>The SHA-256 of a certificate, in hexadecimal.</summary>
    public static string FingerprintOf(X509Certificate2 certificate) => Convert.ToHexStringLower(SHA256.HashData(certificate.RawDataMemory.Span));

    /// <summary>Until when a certificate is valid.</summary>
    public static DateTimeOffset EndOf(X509Certificate2 certificate) => new(certificate.NotAfter.ToUniversalTime());

    public void Dispose()
    {
        _key.Dispose();
        _root.Dispose();
    }

    private X509Certificate2 Sign(CertificateRequest request, SubjectAlternativeNameBuilder names, string[] purposes, DateTimeOffset now, TimeSpan validity)
    {
        var usages = new OidCollection();
        foreach (var purpose in purposes)
        {
            usages.Add(new Oid(purpose));
        }

        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(usages, critical: false));
        request.CertificateExtensions.Add(names.Build(critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_root, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        var serial = RandomNumberGenerator.GetBytes(SerialBytes);
        serial[0] &= 0x7f;
        var until = now + validity;
        return request.Create(_root.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), now - Backdating, until < EndOf(_root) ? until : EndOf(_root), serial);
    }

    private static bool IsStrong(PublicKey key)
    {
        try
        {
            using var elliptic = key.GetECDsaPublicKey();
            using var rsa = key.GetRSAPublicKey();
            return rsa?.KeySize >= LeastRsaBits || elliptic?.KeySize is 256 or 384 or 521;
        }
        catch (CryptographicException)
        {
            // A key of a kind, or on a curve, that is not known here.
            return false;
        }
    }
}

/// <summary>A certificate request that is not signed: the message says why.</summary>
internal sealed class CertificateRequestException(string message, Exception? inner = null) : Exception(message, inner);
