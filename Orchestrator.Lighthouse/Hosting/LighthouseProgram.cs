using System.Net;
using System.Security.Authentication;
using System.Text.Json;
using System.Threading.RateLimiting;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

using Orchestrator.Actors.Identity;
using Orchestrator.Api;
using Orchestrator.Api.Cluster;
using Orchestrator.Client;
using Orchestrator.Lighthouse.Authorities;
using Orchestrator.Lighthouse.Certificates;
using Orchestrator.Lighthouse.FrontDoor;
using Orchestrator.Lighthouse.Joining;
using Orchestrator.Lighthouse.Settings;
using Orchestrator.Runtime;

namespace Orchestrator.Lighthouse.Hosting;

/// <summary>Puts a lighthouse together and runs it.</summary>
internal static class LighthouseProgram
{
    private const long MaximumBody = 64 * 1024;

    /// <summary>The file in the data folder that says where it answers.</summary>
    public static string AddressFile(LighthouseSettings settings) => Path.Combine(settings.Data, "lighthouse.json");

    /// <summary>The root certificate in the data folder.</summary>
    public static string AuthorityFile(LighthouseSettings settings) => Path.Combine(settings.Data, "ca.pem");

    /// <summary>Runs until Ctrl-C.</summary>
    /// <exception cref="LighthouseException">It cannot start; says why.</exception>
    public static async Task RunAsync(LighthouseSettings settings)
    {
        Directory.CreateDirectory(settings.Data, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var (app, membership) = await BuildAsync(settings);
        await using (membership)
        await using (app)
        {
            await app.Services.StartRuntimeAsync();
            await app.StartAsync();
            var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
            var authority = app.Services.GetRequiredService<AuthorityKeeper>().Authority;
            if (app.Services.GetService<LighthouseStatus>() is { } status)
            {
                status.Address = address;
            }

            await PrivateFile.WriteAsync(AuthorityFile(settings), authority.CertificatePem + "\n", CancellationToken.None);
            await app.Services.GetRequiredService<OperatorToken>().WriteAsync(settings, CancellationToken.None);
            await PrivateFile.WriteAsync(AddressFile(settings), JsonSerializer.Serialize(new NodeAddress(address, Environment.ProcessId, "lighthouse"), JoinJson.Default.NodeAddress), CancellationToken.None);
            Print(settings, address, authority.Fingerprint);
            await app.WaitForShutdownAsync();
            File.Delete(AddressFile(settings));
        }
    }

    /// <summary>Puts it together; what it serves is there, and it does not listen yet.</summary>
    public static async Task<(WebApplication App, Membership? Membership)> BuildAsync(LighthouseSettings settings)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaximumBody;
            kestrel.Listen(settings.Address, settings.Port, listen => listen.UseHttps(https =>
            {
                https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;

                // A node that renews its certificate shows the one that it has; who shows none, or another, is told so by what demands one.
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                https.ClientCertificateValidation = static (_, _, _) => true;
                https.ServerCertificateSelector = (_, _) => listen.ApplicationServices.GetRequiredService<AuthorityKeeper>().ServerCertificate();
            }));
        });
        AddLogging(builder.Logging, settings);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<OperatorToken>();
        var membership = settings.Postgres is { } postgres ? await builder.Services.AddFrontDoorAsync(settings, postgres, logging => AddLogging(logging, settings)) : null;
        if (membership is null)
        {
            AddAuthority(builder.Services, settings);
        }

        builder.Services.AddRateLimiter(limiter => Limit(limiter, settings.JoinsPerMinute));
        var app = builder.Build();
        if (membership is not null)
        {
            app.MapOrchestratorApi();
            membership.Serve(app.Services.GetRequiredService<ActorSystem>(), panes: null, app.Services.GetRequiredService<INodeRevocation>());
        }
        else
        {
            app.Use(static (context, next) =>
            {
                context.Response.Headers.XContentTypeOptions = "nosniff";
                context.Response.Headers.CacheControl = "no-store";
                return next(context);
            });
            app.MapLive();
        }

        app.UseRateLimiter();
        app.MapJoining();
        return (app, membership);
    }

    private static void AddLogging(ILoggingBuilder logging, LighthouseSettings settings)
    {
        logging.ClearProviders().SetMinimumLevel(settings.LogLevel).AddFilter("Microsoft", LogLevel.Warning).AddSimpleConsole(static line => line.SingleLine = true);
        logging.Services.Configure<ConsoleLoggerOptions>(static console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    private static void AddAuthority(IServiceCollection services, LighthouseSettings settings)
    {
        services.AddOrchestratorRuntime(settings.Runtime).AddAuthority();
        services.AddSingleton<IAuthorityStore, OwnAuthorityStore>();
        services.AddSingleton<AuthorityKeeper>();
        services.AddHostedService<AuthorityService>();
    }

    private static void Limit(RateLimiterOptions limiter, int perMinute)
    {
        limiter.AddPolicy(JoinEndpoints.RateLimit, context => RateLimitPartition.GetFixedWindowLimiter(
            context.Connection.RemoteIpAddress ?? IPAddress.None,
            _ => new FixedWindowRateLimiterOptions { PermitLimit = perMinute, Window = TimeSpan.FromMinutes(1) }));
        limiter.OnRejected = static async (rejected, _) =>
        {
            rejected.HttpContext.Response.Headers.RetryAfter = "60";
            await JoinEndpoints.Problem(StatusCodes.Status429TooManyRequests, RefusalCodes.Overloaded, "too many tries from this address: wait a minute").ExecuteAsync(rejected.HttpContext);
        };
    }

    private static void Print(LighthouseSettings settings, string address, string fingerprint)
    {
        foreach (var warning in settings.Warnings)
        {
            Console.Error.WriteLine($"warning: {warning}");
        }

        Console.WriteLine($"""

            Orchestrator lighthouse
              address      {address}
              data         {settings.Data}
              authority    sha256:{fingerprint}

            Let a node join:  orchestrator-lighthouse join-token --data {settings.Data}

            """);
    }

    /// <summary>Opens the authority once the runtime has started, before anything is served.</summary>
    private sealed class AuthorityService(AuthorityKeeper keeper) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => keeper.OpenAsync(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
