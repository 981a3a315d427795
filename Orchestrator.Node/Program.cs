using System.Net.Sockets;

using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

using Orchestrator.Hocon;
using Orchestrator.Node.Cluster;
using Orchestrator.Node.Guard;
using Orchestrator.Node.Hosting;
using Orchestrator.Node.Profiles.Inspecting;
using Orchestrator.Node.Settings;
using Orchestrator.Runtime;
using Orchestrator.Tmux;

const int Failed = 1;
const int Usage = 2;

try
{
    var arguments = NodeArguments.Parse(args);
    if (arguments.Help)
    {
        Console.WriteLine(NodeArguments.Usage);
        return 0;
    }

    var settings = NodeSettings.Load(arguments.Overrides);
    if (arguments.Guard)
    {
        return await GuardProgram.RunAsync(settings.Data, arguments.WithNode);
    }

    if (arguments.Profile is { } words)
    {
        return ProfileTool.Run(settings, [.. words]);
    }

    if (arguments.CopyTo is { } target)
    {
        return await JournalTool.CopyAsync(settings, target);
    }

    return arguments.Doctor ? await NodeDoctor.RunAsync(settings, arguments.Json) : await RunAsync(settings, arguments.Demo);
}
catch (FormatException exception)
{
    await Console.Error.WriteLineAsync($"error: {exception.Message}\n{NodeArguments.Usage}");
    return Usage;
}
catch (Exception exception) when (exception is HoconException or ScreenFileException or JournalRefusedException or TmuxException or CertificateException or UnauthorizedAccessException)
{
    await Console.Error.WriteLineAsync($"error: {exception.Message}");
    return Failed;
}
catch (StoreUnavailableException exception)
{
    await Console.Error.WriteLineAsync($"error: the store failed while this process was starting: {exception.Message}. Nothing was lost; start it again once the database can be reached.");
    return Failed;
}
catch (IOException exception) when (exception.InnerException is SocketException or Microsoft.AspNetCore.Connections.AddressInUseException)
{
    await Console.Error.WriteLineAsync($"error: {exception.Message} Another program has this port: choose one with --port, or --port 0 for any that is free.");
    return Failed;
}

static async Task<int> RunAsync(NodeSettings settings, bool demo)
{
    var (app, membership, certificates) = await NodeProgram.BuildAsync(settings);
    await using (certificates)
    await using (membership)
    await using (app)
    {
        await app.Services.StartRuntimeAsync();
        try
        {
            await app.StartAsync();
        }
        catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // Asked to stop before it was up, for example while it waited for its views.
            return 0;
        }

        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var service = app.Services.GetRequiredService<NodeService>();
        app.Services.GetRequiredService<NodeStatus>().Address = address;
        await service.PublishAsync(address, CancellationToken.None);
        if (demo)
        {
            await app.Services.GetRequiredService<DemoAgents>().SpawnAsync(CancellationToken.None);
        }

        Banner.Print(settings, app.Services.GetRequiredService<NodeProfiles>().Warnings, address, service.SetupCode, demo);
        await app.WaitForShutdownAsync();
        return service.StoreBroke ? Failed : 0;
    }
}
