using System.Diagnostics;
using System.Text.Json;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Deployment;

/// <summary>
/// <c>docker/compose.yaml</c> as a project of its own, run by docker-compose on podman's socket. Its images carry the names that the file gives them.
/// </summary>
/// <remarks>Podman leaves it to systemd to ask for the health of a container. Here it is asked for by this class, with the command that the file or the image names.</remarks>
internal sealed class ComposeProject : IAsyncDisposable
{
    private static readonly TimeSpan BetweenHealthChecks = TimeSpan.FromSeconds(2);
    private readonly string _name = $"orctest{Guid.NewGuid().ToString("n")[..8]}";
    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly Dictionary<string, string> _environment = [];
    private Process? _podman;
    private Task _healthChecks = Task.CompletedTask;

    /// <summary>Sets a variable that the file asks for.</summary>
    public void Set(string variable, string value) => _environment[variable] = value;

    /// <summary>Serves podman's socket and begins to ask for the health of what runs.</summary>
    public async Task OpenAsync()
    {
        var limits = Path.Combine(_folder.Path, "containers.conf");
        await File.WriteAllTextAsync(limits, "[containers]\ndefault_ulimits = [\"nofile=20000:20000\", \"nproc=1024:1024\"]\n[engine]\nruntime = \"runc\"\n");
        var socket = Path.Combine(_folder.Path, "podman.sock");
        Set("CONTAINERS_CONF", limits);
        Set("DOCKER_HOST", $"unix://{socket}");
        _podman = Process.Start(Order("podman", ["system", "service", "--time", "0", $"unix://{socket}"]))!;
        await Eventually.True(() => File.Exists(socket), "podman serves its socket");
        _healthChecks = Task.Run(CheckHealthAsync);
    }

    /// <summary>Starts services, all of them if none is named, with what they depend on. Returns when they are started, not when they are healthy.</summary>
    public Task UpAsync(params string[] services) => ComposeAsync(["up", "-d", "--no-build", .. services]);

    /// <summary>Replaces the container of one service if its image or its settings have changed; touches no other.</summary>
    public Task ReplaceAsync(string service) => ComposeAsync("up", "-d", "--no-build", "--no-deps", service);

    /// <summary>Stops everything, each within its own <c>stop_grace_period</c>.</summary>
    public Task StopAsync() => ComposeAsync("stop");

    /// <summary>Runs a program in the container of a service and gives its output.</summary>
    public Task<string> InAsync(string service, params string[] command) => ComposeAsync(["exec", "-T", service, .. command]);

    /// <summary>The containers of the project by the names of their services.</summary>
    public async Task<IReadOnlyDictionary<string, ComposeContainer>> ContainersAsync()
    {
        var ids = Lines(await RunAsync("podman", "ps", "-a", "-q", "--filter", $"label=com.docker.compose.project={_name}"));
        if (ids.Length == 0)
        {
            return new Dictionary<string, ComposeContainer>();
        }

        using var inspected = JsonDocument.Parse(await RunAsync("podman", ["inspect", .. ids]));
        return inspected.RootElement.EnumerateArray().Select(Read).ToDictionary(static container => container.Service, StringComparer.Ordinal);
    }

    /// <summary>Waits until every container runs, and is healthy by its own check if it has one.</summary>
    public Task<IReadOnlyDictionary<string, ComposeContainer>> HealthyAsync(int services)
        => Eventually.Value(ContainersAsync, all => all.Count == services && all.Values.All(static one => one is { Running: true, Health: "healthy" or "" }), "everything is healthy", TimeSpan.FromMinutes(3));

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _healthChecks;

        // What shares the PID namespace of another has to go first, which docker-compose does not know.
        foreach (var (_, container) in (await ContainersAsync()).OrderByDescending(static pair => pair.Value.InNamespaceOfAnother))
        {
            await RunAsync("podman", "rm", "-f", "--time", "5", container.Id);
        }

        await ComposeAsync("down", "-v");
        _podman?.Kill();
        _podman?.Dispose();
        _ending.Dispose();
        _folder.Dispose();
    }

    private static ComposeContainer Read(JsonElement container)
    {
        var (state, config) = (container.GetProperty("State"), container.GetProperty("Config"));
        return new ComposeContainer(
            container.GetProperty("Id").GetString()!,
            config.GetProperty("Labels").GetProperty("com.docker.compose.service").GetString()!,
            container.GetProperty("Image").GetString()!,
            state.GetProperty("Running").GetBoolean(),
            config.TryGetProperty("Healthcheck", out var check) && check.GetProperty("Test")[0].GetString() != "NONE" ? state.GetProperty("Health").GetProperty("Status").GetString()! : string.Empty,
            state.GetProperty("ExitCode").GetInt32(),
            container.GetProperty("HostConfig").GetProperty("PidMode").GetString()!.StartsWith("container:", StringComparison.Ordinal));
    }

    private async Task CheckHealthAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            foreach (var (_, container) in await ContainersAsync())
            {
                if (container is { Running: true, Health.Length: > 0 })
                {
                    // What it says is kept by podman; one that fails, or whose container has just been replaced, is seen there.
                    await TryAsync("podman", "healthcheck", "run", container.Id);
                }
            }

            await Task.WhenAny(Task.Delay(BetweenHealthChecks, _ending.Token));
        }
    }

    private Task<string> ComposeAsync(params string[] arguments) => RunAsync("docker-compose", ["-p", _name, "-f", Path.Combine(Repository.Root, "docker", "compose.yaml"), .. arguments]);

    private async Task<string> RunAsync(string program, params string[] arguments)
    {
        var (code, output, errors) = await TryAsync(program, arguments);
        Assert.True(code == 0, $"{program} {string.Join(' ', arguments)} ended with {code}\n{output}\n{errors}");
        return output;
    }

    private Task<(int Code, string Output, string Errors)> TryAsync(string program, params string[] arguments) => Containers.TryAsync(Order(program, arguments));

    private ProcessStartInfo Order(string program, string[] arguments)
    {
        var order = new ProcessStartInfo(program, arguments);
        foreach (var (variable, value) in _environment)
        {
            order.Environment[variable] = value;
        }

        return order;
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

/// <summary>A container of a project.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Service">The service that it runs.</param>
/// <param name="Image">The id of its image.</param>
/// <param name="Running">Whether it runs.</param>
/// <param name="Health">What its health check has found; empty if it has none.</param>
/// <param name="ExitCode">How it ended; 137 if it had to be killed.</param>
/// <param name="InNamespaceOfAnother">Whether it shares the PID namespace of another container.</param>
internal sealed record ComposeContainer(string Id, string Service, string Image, bool Running, string Health, int ExitCode, bool InNamespaceOfAnother);
