using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Recovery;
using Orchestrator.Node.Settings;

namespace Orchestrator.Node.Workers.Recoveries;

/// <summary>
/// Calls a webhook: https only, its name resolved and the connection made to just the address that was checked (so that a second answer of the name service changes nothing), no redirects, no proxy, within a
/// time, and signed: <c>X-Orchestrator-Signature: t=SECONDS,v1=HEX</c>, the HMAC-SHA256 of <c>SECONDS.BODY</c>.
/// </summary>
/// <param name="time">For the signature and the time limit.</param>
/// <param name="allows">Which addresses may be called.</param>
/// <param name="trusts">What is asked of the certificate beyond the usual; null for nothing.</param>
internal sealed class RecoveryWebhook(TimeProvider time, Func<IPAddress, bool> allows, RemoteCertificateValidationCallback? trusts = null)
{
    private const string SignatureHeader = "X-Orchestrator-Signature";
    private const int ShortestSecret = 32;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>Calls it; whether it answered with success, and how, in words.</summary>
    public async Task<(bool Worked, string Note)> CallAsync(CustomRecovery custom, RunCustom order, CancellationToken cancellation)
    {
        var host = custom.Webhook!.Host;
        using var timeout = new CancellationTokenSource(custom.Within, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false, ConnectCallback = ConnectAsync, SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = trusts } };
            using var http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
            using var request = new HttpRequestMessage(HttpMethod.Post, custom.Webhook) { Content = await SignedAsync(custom, order, either.Token) };
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return (response.IsSuccessStatusCode, $"{host} answered {(int)response.StatusCode}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (false, $"{host} did not answer within {custom.Within.TotalSeconds:0.#} s");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException or UnauthorizedAccessException or WebhookException)
        {
            return (false, $"{host} could not be called: {(e.InnerException is WebhookException inner ? inner : e).Message}");
        }
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellation);
        if (addresses.Length == 0 || !addresses.All(allows))
        {
            throw new WebhookException($"it is at {string.Join(", ", addresses.Select(static a => a.ToString()))}; only addresses of the internet are called");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<HttpContent> SignedAsync(CustomRecovery custom, RunCustom order, CancellationToken cancellation)
    {
        var file = custom.SecretFile!;
        if ((File.GetUnixFileMode(file) & Others) != UnixFileMode.None)
        {
            throw new WebhookException($"others than its owner may read {file}: chmod 600 it");
        }

        var secret = (await File.ReadAllTextAsync(file, cancellation)).Trim();
        if (secret.Length < ShortestSecret)
        {
            throw new WebhookException($"{file} holds fewer than {ShortestSecret} characters: no secret");
        }

        var body = JsonSerializer.SerializeToUtf8Bytes(
            new { recovery = order.Name, agent = order.Agent.Value, attempt = order.Number, trouble = order.Kind.Words(), cause = order.Cause, task = order.Task?.Value },
            JsonSerializerOptions.Web);
        var seconds = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), (byte[])[.. Encoding.UTF8.GetBytes(seconds + "."), .. body]);
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        content.Headers.Add(SignatureHeader, $"t={seconds},v1={Convert.ToHexStringLower(signature)}");
        return content;
    }

    private sealed class WebhookException(string message) : Exception(message);
}
