using System.Net.Http.Json;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

using Orchestrator.Client;

namespace Orchestrator.Node.Cluster;

/// <summary>Asks the lighthouse for certificates. Before the first one only the fingerprint of the authority's root is believed, afterwards only that root.</summary>
internal sealed class LighthouseClient(Uri lighthouse, string node)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Joins with a token; gives what goes into the files.</summary>
    /// <exception cref="CertificateException">The lighthouse refuses, or is not the one that was named.</exception>
    public async Task<(JoinInfo Joined, string KeyPem)> JoinAsync(string token, string fingerprint, CancellationToken cancellationToken)
    {
        using var root = await RootAsync(fingerprint, cancellationToken);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var http = Http(Trusting(root));
        return (await PostAsync(http, "/api/v1/join", new JoinRequest(token, node, Csr(key)), ApiJson.Wire.JoinRequest, cancellationToken), key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>Renews the certificate, by showing the present one.</summary>
    /// <exception cref="CertificateException">The lighthouse refuses or cannot be reached.</exception>
    public async Task<(JoinInfo Joined, string KeyPem)> RenewAsync(NodeIdentity present, CancellationToken cancellationToken)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var trusting = Trusting(present.Root);
        trusting.LocalCertificateSelectionCallback = (_, _, _, _, _) => present.Own;
        using var http = Http(trusting);
        return (await PostAsync(http, "/api/v1/renew", new RenewRequest(Csr(key)), ApiJson.Wire.RenewRequest, cancellationToken), key.ExportPkcs8PrivateKeyPem());
    }

    private string Csr(ECDsa key) => new CertificateRequest(new X500DistinguishedName($"CN={node}"), key, HashAlgorithmName.SHA256).CreateSigningRequestPem();

    // Whoever answers may say what he likes: only a root with the fingerprint that the operator was told is taken.
    private async Task<X509Certificate2> RootAsync(string fingerprint, CancellationToken cancellationToken)
    {
#pragma warning disable CA5359 // The answer is held against the fingerprint, and nothing is told before.
        using var http = Http(new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, _, _, _) => true });
#pragma warning restore CA5359
        var authority = await AskAsync(async token => await http.GetFromJsonAsync("/api/v1/ca", ApiJson.Wire.AuthorityInfo, token), cancellationToken);
        var root = X509Certificate2.CreateFromPem(authority.CertificatePem);
        return Convert.ToHexStringLower(SHA256.HashData(root.RawDataMemory.Span)) == fingerprint
            ? root
            : throw new CertificateException($"the authority of {lighthouse} has another fingerprint than orchestrator.cluster.fingerprint says: this is not the lighthouse that made the token; compare with 'orchestrator-lighthouse join-token'");
    }

    private Task<JoinInfo> PostAsync<T>(HttpClient http, string path, T request, JsonTypeInfo<T> type, CancellationToken cancellationToken) => AskAsync(
        async token =>
        {
            using var answer = await http.PostAsJsonAsync(path, request, type, token);
            return answer.IsSuccessStatusCode
                ? await answer.Content.ReadFromJsonAsync(ApiJson.Wire.JoinInfo, token)
                : throw new CertificateException($"the lighthouse {lighthouse} refuses: {(await answer.Content.ReadFromJsonAsync(ApiJson.Wire.ProblemInfo, token))?.Detail ?? $"status {(int)answer.StatusCode}"}");
        },
        cancellationToken);

    private async Task<T> AskAsync<T>(Func<CancellationToken, Task<T?>> ask, CancellationToken cancellationToken)
        where T : class
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            return await ask(limit.Token) ?? throw new CertificateException($"the lighthouse {lighthouse} gave an empty answer");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or AuthenticationException or JsonException or CryptographicException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new LighthouseSilentException($"the lighthouse {lighthouse} does not answer: {e.InnerException?.Message ?? e.Message}", e);
        }
    }

    private HttpClient Http(SslClientAuthenticationOptions options)
        => new(new SocketsHttpHandler { SslOptions = options, UseProxy = false, AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = lighthouse, Timeout = Timeout.InfiniteTimeSpan };

    private static SslClientAuthenticationOptions Trusting(X509Certificate2 root) => new() { CertificateChainPolicy = RootTrust.Only(root) };
}
