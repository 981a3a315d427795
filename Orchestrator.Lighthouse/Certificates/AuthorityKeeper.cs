using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

using Orchestrator.Lighthouse.Authorities;
using Orchestrator.Lighthouse.Hosting;
using Orchestrator.Lighthouse.Settings;

namespace Orchestrator.Lighthouse.Certificates;

/// <summary>Opens the authority, which the first start creates, and keeps the lighthouse's own certificate fresh.</summary>
internal sealed class AuthorityKeeper(LighthouseSettings settings, IAuthorityStore store, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan ServerValidity = TimeSpan.FromDays(30);
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(10);

    private readonly Lock _renewal = new();
    private CertificateAuthority? _authority;
    private X509Certificate2? _server;

    /// <summary>The authority.</summary>
    public CertificateAuthority Authority => _authority ?? throw new InvalidOperationException("the authority has not been opened");

    /// <summary>The names that the lighthouse itself answers to.</summary>
    public IEnumerable<string> ServerNames => settings.Names.Concat(settings.Address.Equals(IPAddress.Any) || settings.Address.Equals(IPAddress.IPv6Any) ? [] : [settings.Address.ToString()]).Distinct(StringComparer.OrdinalIgnoreCase);

    /// <summary>Opens the authority; creates it first if there is none.</summary>
    /// <exception cref="LighthouseException">Its key cannot be opened.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        await store.OpenAsync(cancellationToken);
        var known = await store.ReadAsync(cancellationToken);
        var passphrase = await Passphrase.ReadAsync(settings, isNew: known.CertificatePem is null, cancellationToken);
        if (known.CertificatePem is null)
        {
            var (certificate, key) = CertificateAuthority.Create(passphrase, time.GetUtcNow());
            known = await store.CreateAsync(certificate, key, cancellationToken);
        }

        try
        {
            _authority = CertificateAuthority.Open(known.CertificatePem!, known.EncryptedKeyPem!, passphrase);
        }
        catch (CryptographicException e)
        {
            throw new LighthouseException($"the key of the authority cannot be opened: the passphrase in {settings.PassphraseFile} or {LighthouseSettings.PassphraseVariable} is not the one that it was encrypted with", e);
        }

        // Before anything is served: a certificate that cannot be issued ends the start with its reason, and not each handshake without one.
        ServerCertificate();
    }

    /// <summary>The certificate that the lighthouse serves with; a new one well before the last expires.</summary>
    public X509Certificate2 ServerCertificate()
    {
        lock (_renewal)
        {
            var now = time.GetUtcNow();
            if (_server is null || CertificateAuthority.EndOf(_server) - RenewBefore < now)
            {
                // Connections that are being made may still use the last one, so it is left to the collector.
                _server = Authority.IssueToServer(ServerNames, now, ServerValidity);
            }

            return _server;
        }
    }

    public void Dispose()
    {
        _authority?.Dispose();
        _server?.Dispose();
    }
}
