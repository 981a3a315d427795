using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

using Orchestrator.Api.Cluster;
using Orchestrator.Node.Settings;
using Orchestrator.Runtime;

namespace Orchestrator.Node.Cluster;

/// <summary>This node cannot be a member as it is set up; the message says why and what to do.</summary>
internal class CertificateException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The certificate of this node with its key, and the root that it believes.</summary>
internal sealed record NodeIdentity(X509Certificate2 Own, X509Certificate2 Root)
{
    /// <summary>Until when the certificate is valid.</summary>
    public DateTimeOffset NotAfter => new(Own.NotAfter.ToUniversalTime());
}

/// <summary>The files that certificate, key and root lie in.</summary>
internal sealed class CertificateFiles(ClusterSettings settings, string node, TimeProvider time)
{
    /// <summary>Whether there is a certificate, whatever it is worth.</summary>
    public bool Exist => File.Exists(settings.CertificateFile);

    /// <summary>When one of them was last changed.</summary>
    public DateTime ChangedAt => new[] { settings.CertificateFile, settings.KeyFile, settings.AuthorityFile }.Max(File.GetLastWriteTimeUtc);

    /// <summary>Reads them.</summary>
    /// <exception cref="CertificateException">They cannot be used; says why.</exception>
    public NodeIdentity Read()
    {
        try
        {
            if (PrivateFile.IsOpenToOthers(settings.KeyFile))
            {
                throw new CertificateException($"the file {settings.KeyFile} holds a key and can be read by others: chmod 600 {settings.KeyFile}");
            }

            using var pem = X509Certificate2.CreateFromPem(File.ReadAllText(settings.CertificateFile), File.ReadAllText(settings.KeyFile));
            var own = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), password: null);
            return Checked(new NodeIdentity(own, X509Certificate2.CreateFromPem(File.ReadAllText(settings.AuthorityFile))));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new CertificateException($"the certificate of this node cannot be read ({e.Message}): look at {settings.CertificateFile}, {settings.KeyFile} and {settings.AuthorityFile}", e);
        }
    }

    /// <summary>Puts a new certificate in place with its key, in one step; the root first, which is the same as a rule.</summary>
    public async Task WriteAsync(string certificatePem, string keyPem, string authorityPem, CancellationToken cancellationToken)
    {
        foreach (var file in new[] { settings.AuthorityFile, settings.CertificateFile })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        await PrivateFile.WriteAsync(settings.AuthorityFile, authorityPem.TrimEnd() + "\n", cancellationToken);
        if (settings.KeyFile != settings.CertificateFile)
        {
            await PrivateFile.WriteAsync(settings.KeyFile, keyPem.TrimEnd() + "\n", cancellationToken);
        }

        await PrivateFile.WriteAsync(settings.CertificateFile, $"{certificatePem.TrimEnd()}\n{(settings.KeyFile == settings.CertificateFile ? keyPem.TrimEnd() + "\n" : string.Empty)}", cancellationToken);
    }

    private NodeIdentity Checked(NodeIdentity identity) => PeerCertificates.NameOf(identity.Own, identity.Root, asServer: true) switch
    {
        { } name when name == node => identity,
        { } name => throw new CertificateException($"the certificate in {settings.CertificateFile} is for the node {name}, and this is {node}: give this node that name (orchestrator.node.name), or let it join as {node}"),
        null when identity.NotAfter < time.GetUtcNow() => throw new CertificateException($"the certificate in {settings.CertificateFile} has expired on {identity.NotAfter:u}: remove the file and join again, with a token of 'orchestrator-lighthouse join-token --node {node}'"),
        null => throw new CertificateException($"the certificate in {settings.CertificateFile} was not issued by the authority in {settings.AuthorityFile}: let this node join the cluster again"),
    };
}
