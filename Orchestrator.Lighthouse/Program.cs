using System.Net.Sockets;

using Orchestrator.Hocon;
using Orchestrator.Lighthouse.Hosting;
using Orchestrator.Lighthouse.Joining;
using Orchestrator.Lighthouse.Settings;
using Orchestrator.Runtime;

const int Failed = 1;
const int Usage = 2;

try
{
    var arguments = LighthouseArguments.Parse(args);
    if (arguments.Help)
    {
        Console.WriteLine(LighthouseArguments.Usage);
        return 0;
    }

    var settings = LighthouseSettings.Load(arguments.Overrides);
    await (arguments.JoinToken ? JoinTokenCommand.RunAsync(settings, arguments.Node, arguments.Json)
        : arguments.Revoke is { } node ? RevokeCommand.RunAsync(settings, node, arguments.Reason)
        : LighthouseProgram.RunAsync(settings));
    return 0;
}
catch (FormatException exception)
{
    await Console.Error.WriteLineAsync($"error: {exception.Message}\n{LighthouseArguments.Usage}");
    return Usage;
}
catch (Exception exception) when (exception is LighthouseException or HoconException or JournalRefusedException or UnauthorizedAccessException)
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
