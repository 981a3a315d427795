using Orchestrator.Node.Settings;

namespace Orchestrator.Node.Hosting;

/// <summary>What a node says once it is ready.</summary>
internal static class Banner
{
    public static void Print(NodeSettings settings, IEnumerable<string> profileWarnings, string address, string? setupCode, bool demo)
    {
        foreach (var warning in settings.Warnings.Concat(profileWarnings))
        {
            Console.Error.WriteLine($"warning: {warning}");
        }

        var orc = Path.GetFullPath(settings.Orc).EndsWith("/artifacts/app/cli/orc", StringComparison.Ordinal) ? "bin/orc" : "orc";
        Console.WriteLine($"""

            Orchestrator {NodeStatus.Version}, node {settings.Name}
              address   {address}
              data      {settings.Data}
            """);
        if (setupCode is not null)
        {
            Console.WriteLine($"  set-up    {setupCode}   (once, for the first administrator: {orc} login --url {address} --code {setupCode})");
        }

        Console.WriteLine($"""

            Try, in another terminal:
              {orc} spawn a1 --profile demo --wait
              {orc} send a1 "hello" --wait idle
              {orc} {(demo ? "ls" : "output a1")}

            Ctrl-C stops this node; agents go on, and are taken up again at the next start.

            """);
    }
}
