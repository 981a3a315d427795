using System.Security.Cryptography.X509Certificates;

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

using Npgsql;

using Orchestrator.Actors.Identity;
using Orchestrator.Api.Cluster;
using Orchestrator.Lighthouse.Authorities;
using Orchestrator.Lighthouse.Certificates;
using Orchestrator.Lighthouse.Settings;

namespace Orchestrator.Lighthouse.FrontDoor;

/// <summary>The certificate by which the other members know this lighthouse: it gives it to itself, and another one well before it expires. The key is nowhere but in memory.</summary>
internal sealed partial class MemberCertificate(LighthouseSettings settings, AuthorityKeeper keeper, IAuthorityStore store, PeerCertificates peers, TimeProvider time, ILogger<MemberCertificate> logger) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(10);

    /// <summary>A new one, which the authority remembers as it does those of nodes.</summary>
    public static async Task<X509Certificate2> IssueAsync(LighthouseSettings settings, AuthorityKeeper keeper, IAuthorityStore store, TimeProvider time, CancellationToken cancellationToken)
    {
        var certificate = keeper.Authority.IssueToMember(settings.Name, time.GetUtcNow(), settings.CertificateValidity);
        await store.RecordOwnAsync(settings.Name, new NodeCertificate(certificate.SerialNumber, CertificateAuthority.FingerprintOf(certificate), CertificateAuthority.EndOf(certificate)), cancellationToken);
        return certificate;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(LookEvery, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!stoppingToken.IsCancellationRequested && CertificateAuthority.EndOf(peers.Own) - time.GetUtcNow() < settings.CertificateValidity / 2)
            {
                try
                {
                    peers.Rotate(await IssueAsync(settings, keeper, store, time, stoppingToken));
                }
                catch (Exception e) when (!stoppingToken.IsCancellationRequested)
                {
                    // The database is away, or whatever else: half of the time is left to try again, and an error here must not end the lighthouse.
                    NotRenewed(logger, CertificateAuthority.EndOf(peers.Own), LookEvery, e.Message, e is NpgsqlException ? null : e);
                }
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The certificate of this lighthouse, valid until {End:u}, could not be renewed and is tried again in {Pause}: {Reason}")]
    private static partial void NotRenewed(ILogger logger, DateTimeOffset end, TimeSpan pause, string reason, Exception? e);
}
