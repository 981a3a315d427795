using System.Diagnostics;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Deployment;

/// <summary>Containers of a test, by podman with runc; gone with it.</summary>
internal sealed class Containers : IAsyncDisposable
{
    private static readonly string[] Limits = ["--ulimit", "nofile=20000:20000", "--ulimit", "nproc=1024:1024", "--network", "none"];
    private readonly string _name = $"orc-test-{Guid.NewGuid().ToString("n")[..8]}";
    private readonly List<string> _started = [];
    private readonly List<string> _images = [];

    /// <summary>The volume that all of them share.</summary>
    public string Volume => _name;

    /// <summary>Builds the image of <c>docker/NAME.Dockerfile</c> from this checkout. What was restored on this machine before is used again.</summary>
    public async Task<string> BuildAsync(string name)
    {
        var image = $"localhost/{_name}-{name}";
        var packages = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        string[] shared = Directory.Exists(packages) ? ["-v", $"{packages}:/root/.nuget/packages"] : [];
        await RunAsync("buildah", ["bud", "--isolation", "chroot", "--layers", .. shared, "-f", Path.Combine(Repository.Root, "docker", $"{name}.Dockerfile"), "-t", image, Repository.Root]);
        _images.Add(image);
        return image;
    }

    /// <summary>A further image, with nothing new in it but its label.</summary>
    public async Task<string> RebuildAsync(string image)
    {
        var next = $"{image}-next";
        var container = (await RunAsync("buildah", ["from", "--pull-never", image])).Trim();
        await RunAsync("buildah", ["config", "--label", "release=next", container]);
        await RunAsync("buildah", ["commit", "-q", "--rm", container, next]);
        _images.Add(next);
        return next;
    }

    /// <summary>An image of a machine that systemd runs: the programs of the node's image in <c>/opt/orchestrator</c>, and the unit files of this checkout.</summary>
    public async Task<string> BuildMachineAsync(string nodeImage)
    {
        var image = $"localhost/{_name}-machine";
        var container = (await RunAsync("buildah", ["from", "--pull-never", nodeImage])).Trim();
        await RunAsync("buildah", ["run", "--isolation", "chroot", "--user", "root", container, "sh", "-ec",
            "apt-get update -qq && apt-get install -y -qq --no-install-recommends systemd systemd-sysv dbus >/dev/null && mv /app /opt/orchestrator && ln -sf /opt/orchestrator/cli/orc /usr/local/bin/orc"]);
        var units = Path.Combine(Repository.Root, "deploy", "systemd");
        await RunAsync("buildah", ["copy", container, Path.Combine(units, "orchestrator-node.service"), Path.Combine(units, "orchestrator-tmux.service"), "/etc/systemd/system/"]);
        await RunAsync("buildah", ["copy", container, Path.Combine(units, "orchestrator.sysusers.conf"), "/usr/lib/sysusers.d/orchestrator.conf"]);
        await RunAsync("buildah", ["config", "--user", "root", "--entrypoint", "[\"/sbin/init\"]", "--cmd", "", "--stop-signal", "SIGRTMIN+3", container]);
        await RunAsync("buildah", ["commit", "-q", "--rm", container, image]);
        _images.Add(image);
        return image;
    }

    /// <summary>Gives an image a further name.</summary>
    public static Task TagAsync(string image, string name) => PodmanAsync("tag", image, name);

    /// <summary>A process by its number and the moment at which the kernel started it, from <c>/proc/PID/stat</c>.</summary>
    public static string ProcessOf(int pid, string stat) => $"process {pid} of clock tick {stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19]}";

    public Task MakeVolumeAsync() => PodmanAsync("volume", "create", Volume);

    /// <summary>Starts a container with the shared volume as its data folder.</summary>
    public async Task StartAsync(string container, string image, params string[] options)
    {
        await PodmanAsync(["run", "-d", "--name", Full(container), "-v", $"{Volume}:/data", .. Limits, .. options, image]);
        _started.Add(container);
    }

    /// <summary>Stops a container as an update does, and removes it.</summary>
    public async Task RemoveAsync(string container)
    {
        await PodmanAsync("stop", "--time", "30", Full(container));
        await PodmanAsync("rm", Full(container));
        _started.Remove(container);
    }

    /// <summary>The name of a container as podman knows it.</summary>
    public string Full(string container) => $"{_name}-{container}";

    /// <summary>Runs a program in a container and gives its output.</summary>
    public Task<string> InAsync(string container, params string[] command) => PodmanAsync(["exec", Full(container), .. command]);

    /// <summary>Whether a program in a container ends with 0.</summary>
    public async Task<bool> SucceedsAsync(string container, params string[] command)
        => (await TryAsync("podman", ["--runtime", "runc", "exec", Full(container), .. command])).Code == 0;

    /// <summary>What a container has said, on both streams.</summary>
    public async Task<string> LogsAsync(string container)
    {
        var (_, output, errors) = await TryAsync("podman", ["--runtime", "runc", "logs", Full(container)]);
        return output + errors;
    }

    public async ValueTask DisposeAsync()
    {
        // What shares the PID namespace of another goes first.
        foreach (var container in Enumerable.Reverse(_started))
        {
            await TryAsync("podman", ["--runtime", "runc", "rm", "-f", "--time", "5", Full(container)]);
        }

        await TryAsync("podman", ["volume", "rm", "-f", Volume]);
        foreach (var image in Enumerable.Reverse(_images))
        {
            await TryAsync("podman", ["rmi", image]);
        }
    }

    private static Task<string> PodmanAsync(params string[] arguments) => RunAsync("podman", ["--runtime", "runc", .. arguments]);

    private static async Task<string> RunAsync(string program, string[] arguments)
    {
        var (code, output, errors) = await TryAsync(program, arguments);
        Assert.True(code == 0, $"{program} {string.Join(' ', arguments)} ended with {code}\n{output}\n{errors}");
        return output;
    }

    private static Task<(int Code, string Output, string Errors)> TryAsync(string program, string[] arguments) => TryAsync(new ProcessStartInfo(program, arguments));

    /// <summary>Runs a program to its end.</summary>
    public static async Task<(int Code, string Output, string Errors)> TryAsync(ProcessStartInfo order)
    {
        (order.UseShellExecute, order.RedirectStandardInput, order.RedirectStandardOutput, order.RedirectStandardError, order.WorkingDirectory) = (false, true, true, true, "/");
        using var process = Process.Start(order)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, errors);
    }
}
