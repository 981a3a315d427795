using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Runtime;

/// <summary>Adds the runtime to a host.</summary>
public static class RuntimeServices
{
    /// <summary>
    /// Adds the runtime, started and stopped with the host, and gives the builder that modules add their kinds and views to. A second call gives the same builder
    /// and leaves the settings as they are.
    /// </summary>
    public static RuntimeBuilder AddOrchestratorRuntime(this IServiceCollection services, RuntimeOptions? options = null)
    {
        if (services.FirstOrDefault(static service => service.ServiceType == typeof(RuntimeBuilder))?.ImplementationInstance is RuntimeBuilder known)
        {
            return known;
        }

        var builder = new RuntimeBuilder { Options = options ?? new RuntimeOptions() };
        services.AddSingleton(builder);
        services.AddSingleton(builder.Manifests);
        services.AddSingleton(static provider =>
        {
            var builder = provider.GetRequiredService<RuntimeBuilder>();
            builder.Loggers = provider.GetService<ILoggerFactory>() ?? builder.Loggers;
            builder.Time = provider.GetService<TimeProvider>() ?? builder.Time;
            return new ActorSystem(builder);
        });
        services.AddSingleton<IActorSystem>(static provider => provider.GetRequiredService<ActorSystem>());
        services.AddSingleton(static provider => provider.GetRequiredService<ActorSystem>().Views);
        services.AddSingleton(static provider => provider.GetRequiredService<ActorSystem>().Events);
        services.AddSingleton(static provider => provider.GetRequiredService<ActorSystem>().Workers);
        services.AddSingleton(static provider => provider.GetRequiredService<ActorSystem>().DeadLetters);
        services.AddSingleton(static provider => provider.GetRequiredService<ActorSystem>().Inspection);
        services.AddSingleton(static provider => provider.GetRequiredService<ActorSystem>().Shutdown);
        services.AddSingleton<RuntimeService>();
        services.AddHostedService(static provider => provider.GetRequiredService<RuntimeService>());
        return builder;
    }

    /// <summary>Starts the runtime before its host does. What keeps it from starting is then told by the caller alone: a host logs it with its stack, as an error that nobody expected.</summary>
    /// <exception cref="JournalRefusedException">The store cannot be opened; the message says why.</exception>
    /// <exception cref="StoreUnavailableException">The store was lost while it started.</exception>
    public static Task StartRuntimeAsync(this IServiceProvider services, CancellationToken cancellationToken = default) => services.GetRequiredService<RuntimeService>().StartAsync(cancellationToken);

    private sealed class RuntimeService(ActorSystem system) : IHostedService
    {
        private Task? _started;

        public Task StartAsync(CancellationToken cancellationToken) => _started ??= system.StartAsync(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => system.StopAsync();
    }
}
