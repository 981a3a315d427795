using Microsoft.Extensions.Logging;

using Orchestrator.Api.Cluster;
using Orchestrator.Lighthouse.Authorities;
using Orchestrator.Lighthouse.Certificates;
using Orchestrator.Lighthouse.FrontDoor;
using Orchestrator.Lighthouse.Settings;
using Orchestrator.Tests.Postgres;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Lighthouse;

/// <summary>The certificate that a lighthouse gives to itself.</summary>
public sealed class MemberCertificateTests
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task A_lighthouse_that_cannot_renew_its_own_certificate_says_so_and_renews_it_later()
    {
        using var folder = new TemporaryFolder();
        using var log = new LogLines();
        var connection = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        var settings = LighthouseSettings.Load([$"orchestrator.lighthouse.data=\"{folder.Path}\"", "orchestrator.lighthouse.name=door", "orchestrator.store=postgres", $"orchestrator.postgres.connection=\"{connection}\""]);
        var time = new ManualTime(TimeProvider.System.GetUtcNow());
        await using (var store = new SharedAuthorityStore(settings.Postgres!, withRoles: false, nodesConnect: string.Empty, log))
        {
            using var keeper = new AuthorityKeeper(settings, store, time);
            await keeper.OpenAsync(CancellationToken.None);
            var peers = new PeerCertificates(await MemberCertificate.IssueAsync(settings, keeper, store, time, CancellationToken.None), keeper.Authority.Root);
            var first = peers.Own.SerialNumber;
            using var renewing = new MemberCertificate(settings, keeper, store, peers, time, log.CreateLogger<MemberCertificate>());
            await PostgresServer.RunAsync(connection, "ALTER TABLE certificates RENAME TO certificates_away");
            await renewing.StartAsync(CancellationToken.None);
            await Eventually.True(() => time.IsAwaited(LookEvery), "it waits until it looks");
            var half = (settings.CertificateValidity / 2) + LookEvery;
            time.Advance(half);
            await Eventually.True(() => log.Has("The certificate of this lighthouse, valid until ") && log.Has("could not be renewed"), "it says that it could not");
            Assert.Equal(first, peers.Own.SerialNumber);

            await PostgresServer.RunAsync(connection, "ALTER TABLE certificates_away RENAME TO certificates");
            await Eventually.True(() => time.IsAwaited(half + LookEvery), "it waits until it looks again");
            time.Advance(LookEvery);
            await Eventually.True(() => peers.Own.SerialNumber != first, "it has another one");
            await renewing.StopAsync(CancellationToken.None);
        }

        await PostgresServer.DropDatabaseAsync(connection);
    }
}
