using System.Globalization;

using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Cluster.Chaos;

/// <summary>A small disk in memory, and how it is filled up.</summary>
internal static class FullDisk
{
    /// <summary>Puts a disk of its own on an empty folder.</summary>
    public static Task MountAsync(string folder, int megabytes) => SystemProgram.RunAsync("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m,mode=755"), "orc-chaos", folder);

    /// <summary>Leaves no room on the disk of a folder.</summary>
    public static void Fill(string folder)
    {
        for (var block = 1 << 20; block >= 4096; block >>= 2)
        {
            var free = new DriveInfo(folder).AvailableFreeSpace / block * block;
            if (free > 0)
            {
                SystemProgram.Succeeds("fallocate", "--length", free.ToString(CultureInfo.InvariantCulture), Path.Combine(folder, $"filler-{block.ToString(CultureInfo.InvariantCulture)}"));
            }
        }
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
