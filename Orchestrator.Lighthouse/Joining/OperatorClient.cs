using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

using Orchestrator.Client;
using Orchestrator.Lighthouse.Hosting;
using Orchestrator.Lighthouse.Settings;

namespace Orchestrator.Lighthouse.Joining;

/// <summary>Asks the lighthouse that runs with this data folder for what only its operator may have.</summary>
internal static class OperatorClient
{
    /// <summary>Posts a request; gives the answer, whose status says that it was done.</summary>
    /// <exception cref="LighthouseException">It was not done; says why.</exception>
    public static async Task<TAnswer?> PostAsync<TRequest, TAnswer>(LighthouseSettings settings, string path, TRequest request, JsonTypeInfo<TRequest> type, JsonTypeInfo<TAnswer> answerType)
        where TAnswer : class
    {
        if (!File.Exists(LighthouseProgram.AddressFile(settings)))
        {
            throw new LighthouseException($"no lighthouse runs with its data in {settings.Data}: start it (orchestrator-lighthouse), or name its folder with --data");
        }

        var at = JsonSerializer.Deserialize(await File.ReadAllTextAsync(LighthouseProgram.AddressFile(settings)), JoinJson.Default.NodeAddress)!;
        using var root = X509CertificateLoader.LoadCertificateFromFile(LighthouseProgram.AuthorityFile(settings));
        using var handler = new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { TargetHost = settings.Names[0], CertificateChainPolicy = RootTrust.Only(root) } };
        using var http = new HttpClient(handler) { BaseAddress = Reachable(new Uri(at.Address)) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(OperatorToken.FileIn(settings))).Trim());
        try
        {
            using var answer = await http.PostAsJsonAsync(path, request, type);
            if (!answer.IsSuccessStatusCode)
            {
                throw new LighthouseException((await answer.Content.ReadFromJsonAsync(JoinJson.Default.ProblemInfo))?.Detail ?? $"the lighthouse answered {(int)answer.StatusCode}");
            }

            return answer.StatusCode == HttpStatusCode.NoContent ? null : await answer.Content.ReadFromJsonAsync(answerType);
        }
        catch (HttpRequestException e)
        {
            throw new LighthouseException($"the lighthouse at {at.Address} does not answer: {e.Message}", e);
        }
    }

    // What listens on every address is reached on loopback.
    private static Uri Reachable(Uri address) => IPAddress.TryParse(address.IdnHost, out var ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any))
        ? new UriBuilder(address) { Host = ip.Equals(IPAddress.Any) ? "127.0.0.1" : "[::1]" }.Uri
        : address;
}
