using System.Globalization;

using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Cluster.Chaos;

/// <summary>A small disk in memory, and how it is filled up.</summary>
internal static class FullDisk
{
    /// <summary>Puts a disk of its own under a folder, which keeps what it has.</summary>
    public static async Task MountAsync(string folder, int megabytes)
    {
        var aside = folder + ".aside";
        Directory.Move(folder, aside);
        Directory.CreateDirectory(folder);
        await SystemProgram.RunAsync("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m,mode=700"), "orc-chaos", folder);
        await SystemProgram.RunAsync("cp", "-a", $"{aside}/.", folder);
        Directory.Delete(aside, recursive: true);
    }

    /// <summary>Leaves no room on the disk of a folder.</summary>
    public static async Task FillAsync(string folder)
    {
        for (var block = 1 << 20; block >= 4096; block >>= 2)
        {
            var free = new DriveInfo(folder).AvailableFreeSpace / block * block;
            if (free > 0)
            {
                SystemProgram.Succeeds("fallocate", "--length", free.ToString(CultureInfo.InvariantCulture), Path.Combine(folder, $"filler-{block.ToString(CultureInfo.InvariantCulture)}"));
            }
        }

        await Task.CompletedTask;
    }

    /// <summary>Gives the room back.</summary>
    public static void Clear(string folder)
    {
        foreach (var filler in Directory.EnumerateFiles(folder, "filler-*"))
        {
            File.Delete(filler);
        }
    }
}
