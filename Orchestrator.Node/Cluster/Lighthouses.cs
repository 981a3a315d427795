using System.Collections.Immutable;

using Orchestrator.Client;

namespace Orchestrator.Node.Cluster;

/// <summary>A lighthouse does not answer: another one may.</summary>
internal sealed class LighthouseSilentException(string message, Exception inner) : CertificateException(message, inner);

/// <summary>The lighthouses that this node knows, which share one authority: the first that answers is taken.</summary>
internal sealed class Lighthouses(ImmutableArray<Uri> addresses, string node)
{
    /// <summary>Joins with a token; gives what goes into the files.</summary>
    /// <exception cref="CertificateException">One refuses, or none answers.</exception>
    public Task<(JoinInfo Joined, string KeyPem)> JoinAsync(string token, string fingerprint, CancellationToken cancellationToken) => FirstAsync(lighthouse => lighthouse.JoinAsync(token, fingerprint, cancellationToken));

    /// <summary>Renews the certificate, by showing the present one.</summary>
    /// <exception cref="CertificateException">One refuses, or none answers.</exception>
    public Task<(JoinInfo Joined, string KeyPem)> RenewAsync(NodeIdentity present, CancellationToken cancellationToken) => FirstAsync(lighthouse => lighthouse.RenewAsync(present, cancellationToken));

    private async Task<T> FirstAsync<T>(Func<LighthouseClient, Task<T>> ask)
    {
        foreach (var address in addresses[..^1])
        {
            try
            {
                return await ask(new LighthouseClient(address, node));
            }
            catch (LighthouseSilentException)
            {
                // The next one may be up.
                continue;
            }
        }

        return await ask(new LighthouseClient(addresses[^1], node));
    }
}
