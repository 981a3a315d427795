using System.Diagnostics;
using System.Globalization;

using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Cluster.Chaos;

/// <summary>
/// A network whose lines are cut: each place is a network namespace with a line to a bridge. One direction between two places is cut by giving the sender a wrong hardware address: what it sends is lost on the way, and nobody is told, as on a real network. Needs root.
/// </summary>
internal sealed class ChaosNetwork : IAsyncDisposable
{
    private const string Nobody = "02:00:00:00:00:fe";
    private static int _networks;
    private readonly string _prefix = string.Create(CultureInfo.InvariantCulture, $"orc{Environment.ProcessId}x{Interlocked.Increment(ref _networks)}");
    private readonly IReadOnlyList<string> _places;
    private Process? _keeper;

    private ChaosNetwork(IReadOnlyList<string> places) => _places = places;

    /// <summary>Whether this user may make one.</summary>
    public static bool IsPossible => Environment.UserName is "root" && File.Exists("/proc/self/ns/net") && SystemProgram.Succeeds("ip", "netns", "add", $"orc{Environment.ProcessId}") && SystemProgram.Succeeds("ip", "netns", "del", $"orc{Environment.ProcessId}");

    /// <summary>Makes the network; it is gone with this process, however that ends, and with all that runs in it.</summary>
    public static async Task<ChaosNetwork> StartAsync(params string[] places)
    {
        var network = new ChaosNetwork(places);
        var start = new ProcessStartInfo("setsid", ["bash", Path.Combine(AppContext.BaseDirectory, "Fixtures", "chaos-network.sh"), network._prefix, .. places.Select(place => $"{place}:{network.HardwareOf(place).Replace(':', '-')}:{network.AddressOf(place)}")]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        network._keeper = Process.Start(start)!;
        return await network._keeper.StandardOutput.ReadLineAsync() is "ready"
            ? network
            : throw new InvalidOperationException($"no network can be made here: {await network._keeper.StandardError.ReadToEndAsync()}");
    }

    public string AddressOf(string place) => string.Create(CultureInfo.InvariantCulture, $"10.213.77.{NumberOf(place)}");

    /// <summary>Words before a program that is to run at a place.</summary>
    public IReadOnlyList<string> At(string place) => ["nsenter", $"--net=/run/netns/{_prefix}-{place}"];

    /// <summary>Carries requests that come from the place itself.</summary>
    public HttpMessageHandler HandlerAt(string place) => NamespaceSockets.Handler($"/run/netns/{_prefix}-{place}");

    /// <summary>From now on nothing that one place sends comes to the other.</summary>
    public Task CutAsync(string from, string to) => NeighbourAsync(from, to, Nobody);

    /// <summary>What is sent comes through again.</summary>
    public Task MendAsync(string from, string to) => NeighbourAsync(from, to, HardwareOf(to));

    /// <summary>Pulls the plug of a place, or puts it in again.</summary>
    public Task PlugAsync(string place, bool on) => SystemProgram.RunAsync("ip", "-n", $"{_prefix}-switch", "link", "set", place, on ? "up" : "down");

    public async ValueTask DisposeAsync()
    {
        _keeper!.StandardInput.Close();
        await _keeper.WaitForExitAsync();
        _keeper.Dispose();
    }

    private Task NeighbourAsync(string from, string to, string hardware)
        => SystemProgram.RunAsync("ip", "-n", $"{_prefix}-{from}", "neigh", "replace", AddressOf(to), "lladdr", hardware, "nud", "permanent", "dev", "eth0");

    private int NumberOf(string place) => _places.Index().First(p => p.Item == place).Index + 1;

    private string HardwareOf(string place) => string.Create(CultureInfo.InvariantCulture, $"02:00:00:00:00:{NumberOf(place):x2}");
}
