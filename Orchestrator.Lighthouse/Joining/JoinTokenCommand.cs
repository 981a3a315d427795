using System.Text.Json;

using Orchestrator.Lighthouse.Hosting;
using Orchestrator.Lighthouse.Settings;

namespace Orchestrator.Lighthouse.Joining;

/// <summary><c>orchestrator-lighthouse join-token</c>: asks the lighthouse that runs with this data folder for a token.</summary>
internal static class JoinTokenCommand
{
    /// <summary>Prints a new token.</summary>
    /// <exception cref="LighthouseException">None was made; says why.</exception>
    public static async Task RunAsync(LighthouseSettings settings, string? node, bool json)
        => Print((await OperatorClient.PostAsync(settings, "/api/v1/join-tokens", new JoinTokenRequest(settings.JoinTokenValidity.TotalSeconds, node), JoinJson.Default.JoinTokenRequest, JoinJson.Default.JoinTokenInfo))!, json);

    private static void Print(JoinTokenInfo token, bool json) => Console.WriteLine(json
        ? JsonSerializer.Serialize(token, JoinJson.Default.JoinTokenInfo)
        : $"""
          token        {token.Token}
          expires      {token.ExpiresAt:u}
          address      {token.Address}
          authority    sha256:{token.Fingerprint}
          It lets one node join, once, and is shown this once only.
          """);
}
