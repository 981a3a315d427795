using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Orchestrator.Client;
using Orchestrator.Lighthouse.Joining;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Lighthouse;

/// <summary>A real lighthouse: the built program as a process of its own.</summary>
internal sealed class LighthouseUnderTest : IAsyncDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "orchestrator-lighthouse");

    private static int _count;
    private readonly TemporaryFolder _folder = new();
    private readonly string _name = $"l{Interlocked.Increment(ref _count)}";
    private readonly StringBuilder _log = new();
    private Process? _process;
    private HttpClient? _http;

    public string Data => _folder["lighthouse"];

    /// <summary>Trusts its root and nothing else.</summary>
    public HttpClient Http => _http!;

    public X509Certificate2 Root => X509CertificateLoader.LoadCertificateFromFile(Path.Combine(Data, "ca.pem"));

    /// <summary>What it has said so far.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    public Uri Address { get; private set; } = new("https://127.0.0.1:0");

    /// <summary>One that has not been started yet.</summary>
    public static LighthouseUnderTest Create() => new();

    public static async Task<LighthouseUnderTest> StartAsync(params string[] more)
    {
        var lighthouse = new LighthouseUnderTest();
        await lighthouse.StartAgainAsync(more);
        return lighthouse;
    }

    public async Task StartAgainAsync(params string[] more)
    {
        _process = Launch(["--port", "0", .. more]);
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        var file = Path.Combine(Data, "lighthouse.json");
        await Eventually.True(() => _process.HasExited || File.Exists(file), "the lighthouse is ready");
        Assert.False(_process.HasExited, Log);
        Address = new Uri(JsonSerializer.Deserialize(await File.ReadAllTextAsync(file), JoinJson.Default.NodeAddress)!.Address);
        _http?.Dispose();
        _http = HttpTrusting(Root);
    }

    /// <summary>Starts it, to see it fail: its exit code and what it said.</summary>
    public async Task<(int ExitCode, string Error)> FailToStartAsync(params string[] more)
    {
        using var process = Launch(["--port", "0", .. more]);
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, error);
    }

    /// <summary>Ctrl-C.</summary>
    public async Task StopAsync()
    {
        using var kill = Process.Start("kill", ["-INT", _process!.Id.ToString()]);
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        _process.Dispose();
        _process = null;
    }

    public HttpClient HttpTrusting(X509Certificate2 root)
    {
        var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { root }, RevocationMode = X509RevocationMode.NoCheck },
            },
        };
        return new HttpClient(new WithLog(this, handler)) { BaseAddress = Address };
    }

    /// <summary>Makes a join token as an operator does.</summary>
    public async Task<JoinTokenInfo> JoinTokenAsync(params string[] words)
    {
        using var process = Launch(["--json", .. words], "join-token");
        var (output, error) = (await process.StandardOutput.ReadToEndAsync(), await process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, error);
        return JsonSerializer.Deserialize(output, JoinJson.Default.JoinTokenInfo)!;
    }

    /// <summary>Revokes a node as an operator does; gives what was said.</summary>
    public async Task<string> RevokeAsync(string node, int exitCode = 0)
    {
        using var process = Launch(["--reason", "tried"], "revoke", node);
        var said = await process.StandardOutput.ReadToEndAsync() + await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == exitCode, said);
        return said;
    }

    /// <summary>Joins, and gives the certificate.</summary>
    public async Task<X509Certificate2> JoinAsync(string token, string node, AsymmetricAlgorithm? key = null)
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var answer = await AskAsync(token, node, Csr(key ?? own));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return X509Certificate2.CreateFromPem((await answer.Content.ReadFromJsonAsync(JoinJson.Default.JoinInfo))!.CertificatePem);
    }

    /// <summary>Tries to join, and gives the status and code of the refusal.</summary>
    public async Task<(HttpStatusCode Status, string? Code, string? Detail)> RefusedAsync(string token, string node, string? csr = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var answer = await AskAsync(token, node, csr ?? Csr(key));
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = await answer.Content.ReadFromJsonAsync(JoinJson.Default.ProblemInfo);
        return (answer.StatusCode, problem?.Code, problem?.Detail);
    }

    /// <summary>A certificate request that asks for more than it shall get.</summary>
    public static string Csr(AsymmetricAlgorithm key)
    {
        var name = new X500DistinguishedName("CN=somebody else");
        var request = key is RSA rsa
            ? new CertificateRequest(name, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(name, (ECDsa)key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        return request.CreateSigningRequestPem();
    }

    public async ValueTask DisposeAsync()
    {
        _http?.Dispose();
        if (_process is not null)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        _folder.Dispose();
    }

    private Task<HttpResponseMessage> AskAsync(string token, string node, string csr)
        => Http.PostAsJsonAsync("/api/v1/join", new JoinRequest(token, node, csr), JoinJson.Default.JoinRequest);

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_log)
        {
            _log.AppendLine(line.Data);
        }
    }

    private Process Launch(string[] words, params string[] command)
    {
        // A shell that starts the tests in the background makes them, and so the program, deaf to Ctrl-C.
        var start = new ProcessStartInfo("env") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var word in (string[])["--default-signal=INT", Program, .. command, "--data", Data, "-D", "orchestrator.runtime.minimum-free-disk=0", "-D", "orchestrator.cluster.port=0", "-D", $"orchestrator.lighthouse.name={_name}", .. words])
        {
            start.ArgumentList.Add(word);
        }

        return Process.Start(start)!;
    }

    /// <summary>A request that does not come through fails with what the lighthouse has said.</summary>
    private sealed class WithLog(LighthouseUnderTest lighthouse, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            try
            {
                return await base.SendAsync(request, cancellationToken);
            }
            catch (HttpRequestException e)
            {
                // What lies behind stays what it was: tests look at it.
                var state = lighthouse._process switch { null => "stopped", { HasExited: true } ended => $"ended with {ended.ExitCode}", _ => "running" };
                throw new HttpRequestException(e.HttpRequestError, $"{e.Message} The lighthouse is {state}:\n{lighthouse.Log}", e.InnerException ?? e, e.StatusCode);
            }
        }
    }
}
