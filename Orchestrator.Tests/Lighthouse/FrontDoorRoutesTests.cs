using System.Net;
using System.Net.Http.Headers;
using System.Text;

using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

using Orchestrator.Actors;
using Orchestrator.Actors.Identity;
using Orchestrator.Api.Cluster;
using Orchestrator.Api.Security;
using Orchestrator.Client;
using Orchestrator.Lighthouse.Certificates;
using Orchestrator.Lighthouse.Hosting;
using Orchestrator.Lighthouse.Settings;
using Orchestrator.Runtime;
using Orchestrator.Tests.Cluster;
using Orchestrator.Tests.Postgres;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Lighthouse;

/// <summary>Every route of a lighthouse, its own and those of the API, against every kind of token. Beside it runs a worker, which owns the tokens.</summary>
public sealed class FrontDoorRoutesTests(FrontDoorRoutesTests.Door door) : IClassFixture<FrontDoorRoutesTests.Door>
{
    // Each of these looks itself at who asks, or tells nobody anything.
    private static readonly string[] Open = ["/api/v1/ca", "/api/v1/join", "/api/v1/join-tokens", "/api/v1/renew", "/api/v1/revocations", "/api/v1/setup", "/health/live"];

    [Fact]
    public void Every_route_but_those_for_joining_demands_a_scope()
    {
        Assert.Equal(Open, door.Routes().Where(static route => route.Metadata.GetMetadata<IAllowAnonymous>() is not null).Select(static route => route.RoutePattern.RawText!).Order(StringComparer.Ordinal));
        Assert.All(Guarded(), static route => Assert.Single(route.Metadata.GetOrderedMetadata<RequireScopeAttribute>()));
    }

    [Fact]
    public async Task Every_route_refuses_no_token_a_wrong_a_revoked_and_an_expired_one()
    {
        var revoked = await door.IssueAsync([Scopes.Admin]);
        await door.TellTokenAsync(revoked, new RevokeToken("test"));
        var expired = await door.IssueAsync([Scopes.Admin], DateTimeOffset.UnixEpoch);
        foreach (var route in Guarded())
        {
            foreach (var token in new[] { null, "nonsense", Secret.NewToken(), revoked, expired })
            {
                var status = await CallAsync(route, token);
                Assert.True(status == HttpStatusCode.Unauthorized || (status == HttpStatusCode.TooManyRequests && token is not null), $"{route.RoutePattern.RawText} answered {status} to {token}");
            }
        }
    }

    [Fact]
    public async Task Every_route_refuses_a_token_with_all_scopes_but_its_own()
    {
        foreach (var scoped in Guarded().GroupBy(static route => route.Metadata.GetMetadata<RequireScopeAttribute>()!.Scope).Where(static scoped => scoped.Key is not null))
        {
            var token = await door.IssueAsync([.. Scopes.All.Remove(Scopes.Admin).Remove(scoped.Key!)]);
            foreach (var route in scoped)
            {
                var status = await CallAsync(route, token);
                Assert.True(status == HttpStatusCode.Forbidden, $"{route.RoutePattern.RawText} answered {status}");
            }
        }
    }

    [Fact]
    public async Task What_gives_and_takes_certificates_lets_in_nobody_by_a_token_of_the_API()
    {
        var admin = await door.IssueAsync([Scopes.Admin]);
        foreach (var path in new[] { "/api/v1/join", "/api/v1/join-tokens", "/api/v1/renew", "/api/v1/revocations" })
        {
            foreach (var token in new[] { null, admin })
            {
                var status = await CallAsync(door.Routes().Single(route => route.RoutePattern.RawText == path), token, """{"token":"x","node":"n9","csr":"x","validSeconds":60,"reason":""}""");
                Assert.True(status == HttpStatusCode.Unauthorized, $"{path} answered {status}");
            }
        }
    }

    private IEnumerable<RouteEndpoint> Guarded() => door.Routes().Where(static route => route.Metadata.GetMetadata<IAllowAnonymous>() is null);

    private async Task<HttpStatusCode> CallAsync(RouteEndpoint route, string? token, string body = "{}")
    {
        var path = route.RoutePattern.RawText!.Replace("{name}", "nobody", StringComparison.Ordinal).Replace("{id:long}", "999", StringComparison.Ordinal).Replace("{id}", "none", StringComparison.Ordinal).Replace("{documentName}", "v1", StringComparison.Ordinal);
        using var request = new HttpRequestMessage(new HttpMethod(route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0]), path);
        if (request.Method != HttpMethod.Get)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        using var response = await door.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return response.StatusCode;
    }

    /// <summary>A lighthouse in this process, and a worker on the same database.</summary>
    public sealed class Door : IAsyncLifetime
    {
        private readonly TemporaryFolder _folder = new();
        private string _connection = string.Empty;
        private ClusterNode? _worker;
        private Membership? _membership;
        private WebApplication? _app;

        internal HttpClient Http { get; private set; } = null!;

        internal IEnumerable<RouteEndpoint> Routes() => _app!.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

        public async Task InitializeAsync()
        {
            _connection = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
            Directory.CreateDirectory(_folder["lighthouse"]);
            (_app, _membership) = await LighthouseProgram.BuildAsync(LighthouseSettings.Load(
            [
                $"orchestrator.lighthouse.data=\"{_folder["lighthouse"]}\"", "orchestrator.lighthouse.port=0", "orchestrator.lighthouse.name=door", "orchestrator.cluster.port=0", "orchestrator.store=postgres",
                $"orchestrator.postgres.connection=\"{_connection}\"", "orchestrator.runtime.minimum-free-disk=0",
            ]));
            await _app.StartAsync();
            ClusterNode.FoundAuthority(_folder.Path);
            _worker = await ClusterNode.StartAsync(_connection, "w1", _folder.Path, static builder => builder.AddDomain());
            await Eventually.True(() => _worker.System.OwnedShards.Count == EntityId.ShardCount, "the worker owns all shards", TimeSpan.FromSeconds(60));
            var handler = new SocketsHttpHandler();
            handler.SslOptions.CertificateChainPolicy = RootTrust.Only(_app.Services.GetRequiredService<AuthorityKeeper>().Authority.Root);
            Http = new HttpClient(handler) { BaseAddress = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) };
        }

        internal async Task<string> IssueAsync(string[] scopes, DateTimeOffset? expiresAt = null)
        {
            var token = Secret.NewToken();
            await TellTokenAsync(token, new IssueToken("test", [.. scopes], expiresAt));
            return token;
        }

        // On the worker, and then until the lighthouse sees it.
        internal async Task TellTokenAsync(string token, Command command)
        {
            var answer = await _worker!.System.AskAsync(Token.Entity(Secret.HashOf(token)), command, CommandId.New(TimeProvider.System), new Sender("client:test"));
            Assert.IsType<Done>(answer.Reply);
            await _app!.Services.GetRequiredService<IViews>().WaitForAsync(answer.Position);
        }

        public async Task DisposeAsync()
        {
            Http?.Dispose();
            if (_worker is not null)
            {
                await _worker.DisposeAsync();
            }

            if (_app is not null)
            {
                await _app.StopAsync();
                await _app.DisposeAsync();
            }

            if (_membership is not null)
            {
                await _membership.DisposeAsync();
            }

            await PostgresServer.DropDatabaseAsync(_connection);
            _folder.Dispose();
        }
    }
}
