using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Recovery;
using Orchestrator.Node.Settings;
using Orchestrator.Node.Workers.Recoveries;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Node.Workers;

/// <summary>Webhooks, called on a real HTTPS server of the test.</summary>
public sealed class RecoveryWebhookTests : IAsyncLifetime, IDisposable
{
    private const string Secret = "0123456789abcdef0123456789abcdef";

    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentQueue<(string Path, string Signature, string Body)> _calls = new();
    private WebApplication _server = null!;
    private string _secret = null!;
    private int _port;

    public async Task InitializeAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        using var made = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), password: null);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        _server = builder.Build();
        _server.MapPost("/ok", TakeAsync);
        _server.MapPost("/moved", context => Answer(context, 302, "/ok"));
        _server.MapPost("/no", context => Answer(context, 500, location: null));
        _server.MapPost("/slow", static context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        await _server.StartAsync();
        _port = new Uri(_server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
        _secret = _folder["secret"];
        await File.WriteAllTextAsync(_secret, Secret + "\n");
        File.SetUnixFileMode(_secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_call_carries_what_is_wrong_and_a_signature_that_whoever_has_the_secret_can_check()
    {
        Assert.Equal((true, "localhost answered 200"), await CallAsync("/ok"));
        var (_, signature, body) = Assert.Single(_calls);
        Assert.Contains("\"agent\":\"alice\"", body, StringComparison.Ordinal);
        Assert.Contains("\"trouble\":\"crashed\"", body, StringComparison.Ordinal);
        var seconds = signature.Split(',')[0][2..];
        var expected = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes($"{seconds}.{body}")));
        Assert.Equal($"t={seconds},v1={expected}", signature);
    }

    [Fact]
    public async Task A_redirect_is_not_followed_and_an_error_is_none_of_success()
    {
        Assert.Equal((false, "localhost answered 302"), await CallAsync("/moved"));
        Assert.Equal((false, "localhost answered 500"), await CallAsync("/no"));
        Assert.Empty(_calls);
    }

    [Fact]
    public async Task An_address_of_this_machine_is_not_called_whatever_its_name_is()
    {
        var (worked, note) = await CallAsync("/ok", new RecoveryWebhook(TimeProvider.System, PublicAddress.Allows, static (_, _, _, _) => true));
        Assert.False(worked);
        Assert.Contains("only addresses of the internet are called", note, StringComparison.Ordinal);
        Assert.Empty(_calls);
    }

    [Fact]
    public async Task Who_does_not_answer_in_time_or_has_no_certificate_to_trust_has_not_worked()
    {
        var (slow, said) = await CallAsync("/slow", within: TimeSpan.FromMilliseconds(300));
        Assert.Equal((false, "localhost did not answer within 0.3 s"), (slow, said));
        Assert.False((await CallAsync("/ok", new RecoveryWebhook(TimeProvider.System, static _ => true))).Worked);
        Assert.Empty(_calls);
    }

    [Fact]
    public async Task A_secret_that_others_may_read_signs_nothing()
    {
        File.SetUnixFileMode(_secret, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        var (worked, note) = await CallAsync("/ok");
        Assert.False(worked);
        Assert.Contains("chmod 600", note, StringComparison.Ordinal);
        Assert.Empty(_calls);
    }

    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.0.1", false)]
    [InlineData("192.168.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("2002:a00:1::1", false)]
    [InlineData("ff02::1", false)]
    [InlineData("93.184.216.34", true)]
    [InlineData("172.32.0.1", true)]
    [InlineData("::ffff:93.184.216.34", true)]
    [InlineData("2606:2800:220:1:248:1893:25c8:1946", true)]
    public void Only_addresses_of_the_internet_are_called(string address, bool allowed) => Assert.Equal(allowed, PublicAddress.Allows(IPAddress.Parse(address)));

    private Task<(bool Worked, string Note)> CallAsync(string path, RecoveryWebhook? webhook = null, TimeSpan? within = null)
    {
        var custom = new CustomRecovery([], new Uri($"https://localhost:{_port}{path}"), _secret, within ?? TimeSpan.FromSeconds(60));
        var order = new RunCustom("page", AgentName.Parse("alice"), 1, TroubleKind.Crashed, "exited with code 1", Task: null);
        return (webhook ?? new RecoveryWebhook(TimeProvider.System, static address => IPAddress.IsLoopback(address), static (_, _, _, _) => true)).CallAsync(custom, order, CancellationToken.None);
    }

    private async Task TakeAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        _calls.Enqueue((context.Request.Path, context.Request.Headers["X-Orchestrator-Signature"].ToString(), await reader.ReadToEndAsync()));
    }

    private static Task Answer(HttpContext context, int status, string? location)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.Location = location;
        return Task.CompletedTask;
    }
}
