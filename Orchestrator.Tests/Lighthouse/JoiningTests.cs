using System.Net;
using System.Net.Http.Json;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Orchestrator.Actors.Identity;
using Orchestrator.Client;
using Orchestrator.Lighthouse.Joining;

namespace Orchestrator.Tests.Lighthouse;

/// <summary>How nodes get into a cluster, through the real program.</summary>
public sealed class JoiningTests : IAsyncLifetime
{
    private LighthouseUnderTest _lighthouse = null!;

    public async Task InitializeAsync() => _lighthouse = await LighthouseUnderTest.StartAsync();

    public async Task DisposeAsync() => await _lighthouse.DisposeAsync();

    [Fact]
    public async Task A_node_with_a_token_gets_a_certificate_for_its_name_that_the_root_vouches_for()
    {
        var token = await _lighthouse.JoinTokenAsync();
        var authority = await _lighthouse.Http.GetFromJsonAsync("/api/v1/ca", JoinJson.Default.AuthorityInfo);
        using var root = X509Certificate2.CreateFromPem(authority!.CertificatePem);
        Assert.Equal(token.Fingerprint, authority.Fingerprint);
        Assert.Equal(authority.Fingerprint, Convert.ToHexStringLower(SHA256.HashData(root.RawData)));

        using var key = RSA.Create(2048);
        using var certificate = await _lighthouse.JoinAsync(token.Token, "n1", key);
        Assert.True(Trusts(root, certificate));
        Assert.True(certificate.MatchesHostname("n1", allowWildcards: false, allowCommonName: false));
        Assert.False(certificate.MatchesHostname("n2"));
        Assert.False(certificate.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority);
        Assert.Equal(["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"], certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages.Cast<Oid>().Select(static o => o.Value));
        Assert.InRange(certificate.NotAfter.ToUniversalTime() - TimeProvider.System.GetUtcNow().UtcDateTime, TimeSpan.FromDays(29.9), TimeSpan.FromDays(30));
        Assert.Equal(key.ExportSubjectPublicKeyInfo(), certificate.PublicKey.ExportSubjectPublicKeyInfo());
    }

    [Fact]
    public async Task A_token_is_good_once()
    {
        var token = (await _lighthouse.JoinTokenAsync()).Token;
        using var first = await _lighthouse.JoinAsync(token, "n1");
        var (status, code, detail) = await _lighthouse.RefusedAsync(token, "n2");
        Assert.Equal((HttpStatusCode.Unauthorized, "unauthorized"), (status, code));
        Assert.Contains("used before", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_many_who_use_a_token_at_once_one_gets_in()
    {
        var token = (await _lighthouse.JoinTokenAsync()).Token;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var csr = LighthouseUnderTest.Csr(key);
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => _lighthouse.Http.PostAsJsonAsync("/api/v1/join", new JoinRequest(token, $"n{i}", csr), JoinJson.Default.JoinRequest)));
        Assert.Single(answers, static a => a.StatusCode == HttpStatusCode.OK);
        Assert.Equal(11, answers.Count(static a => a.StatusCode == HttpStatusCode.Unauthorized));
    }

    [Fact]
    public async Task A_wrong_token_and_an_expired_one_are_refused()
    {
        var expired = (await _lighthouse.JoinTokenAsync("--valid", "1ms")).Token;
        Assert.Equal(HttpStatusCode.Unauthorized, (await _lighthouse.RefusedAsync(expired, "n1")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await _lighthouse.RefusedAsync("orcjoin_wrong", "n1")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await _lighthouse.RefusedAsync(string.Empty, "n1", "garbage")).Status);
    }

    [Fact]
    public async Task Garbage_costs_no_token()
    {
        var token = (await _lighthouse.JoinTokenAsync()).Token;
        using var weak = RSA.Create(1024);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var good = LighthouseUnderTest.Csr(key);
        var bytes = PemEncoding.Find(good) is var fields ? Convert.FromBase64String(good[fields.Base64Data]) : [];
        bytes[^1] ^= 1;
        foreach (var csr in new[] { string.Empty, "garbage", "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----", PemEncoding.WriteString("CERTIFICATE REQUEST", bytes), LighthouseUnderTest.Csr(weak), good.Replace(" REQUEST", string.Empty, StringComparison.Ordinal) })
        {
            var (status, code, _) = await _lighthouse.RefusedAsync(token, "n1", csr);
            Assert.True((status, code) == (HttpStatusCode.BadRequest, "invalid"), $"{status} for {csr}");
        }

        using var nonsense = await _lighthouse.Http.PostAsync("/api/v1/join", new StringContent("{\"token\":1", Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, nonsense.StatusCode);
        using var certificate = await _lighthouse.JoinAsync(token, "n1");
    }

    [Fact]
    public async Task A_name_that_is_not_allowed_is_refused_and_costs_no_token()
    {
        var token = (await _lighthouse.JoinTokenAsync()).Token;
        foreach (var name in new[] { string.Empty, "N1", "-n", "a.b", "*", "localhost", "127.0.0.1", "lighthouse", new string('n', 41), "n1\n" })
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await _lighthouse.RefusedAsync(token, name)).Status);
        }

        using var certificate = await _lighthouse.JoinAsync(token, new string('n', 40));
    }

    [Fact]
    public async Task A_name_that_is_taken_is_given_again_only_to_a_token_for_just_that_node()
    {
        using var first = await _lighthouse.JoinAsync((await _lighthouse.JoinTokenAsync()).Token, "n1");
        var any = (await _lighthouse.JoinTokenAsync()).Token;
        Assert.Equal((HttpStatusCode.Conflict, "already-exists"), await _lighthouse.RefusedAsync(any, "n1") is var r ? (r.Status, r.Code) : default);
        var bound = (await _lighthouse.JoinTokenAsync("--node", "n1")).Token;
        Assert.Equal(HttpStatusCode.Unauthorized, (await _lighthouse.RefusedAsync(bound, "n2")).Status);
        using var again = await _lighthouse.JoinAsync(bound, "n1");
        Assert.NotEqual(first.SerialNumber, again.SerialNumber);
    }

    [Fact]
    public async Task What_another_authority_has_signed_is_not_trusted()
    {
        await using var other = await LighthouseUnderTest.StartAsync();
        using var foreign = await other.JoinAsync((await other.JoinTokenAsync()).Token, "n1");
        Assert.True(Trusts(other.Root, foreign));
        Assert.False(Trusts(_lighthouse.Root, foreign));
        using var misled = _lighthouse.HttpTrusting(other.Root);
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => misled.GetAsync("/health/live"));
        Assert.IsType<AuthenticationException>(refused.InnerException);
        using var live = await _lighthouse.Http.GetAsync("/health/live");
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
    }

    [Fact]
    public async Task Only_the_operator_of_the_machine_makes_tokens()
    {
        foreach (var secret in new[] { null, "nonsense", Secret.NewToken() })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/join-tokens") { Content = JsonContent.Create(new JoinTokenRequest(60, Node: null), JoinJson.Default.JoinTokenRequest) };
            request.Headers.Authorization = secret is null ? null : new("Bearer", secret);
            using var answer = await _lighthouse.Http.SendAsync(request);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }

        Assert.All(["operator.token", "ca.passphrase"], file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_lighthouse.Data, file))));
    }

    private static bool Trusts(X509Certificate2 root, X509Certificate2 certificate)
    {
        using var chain = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { root }, RevocationMode = X509RevocationMode.NoCheck } };
        return chain.Build(certificate);
    }
}
