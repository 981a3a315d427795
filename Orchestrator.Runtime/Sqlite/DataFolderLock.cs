using System.Globalization;
using System.Text.Json;

namespace Orchestrator.Runtime;

/// <summary>The exclusive lock on a data folder, held for the life of the process: the system lets go of it however the process ends.</summary>
internal sealed class DataFolderLock : IDisposable
{
    private const string LockName = "node.lock";
    private const string HolderName = "node.holder.json";
    private readonly FileStream _stream;
    private readonly string _holder;

    private DataFolderLock(FileStream stream, string holder)
    {
        _stream = stream;
        _holder = holder;
    }

    /// <exception cref="JournalRefusedException">Another process, or another part of this one, holds it.</exception>
    public static DataFolderLock Take(string folder, string address, DateTimeOffset now)
    {
        Directory.CreateDirectory(folder);
        var holder = Path.Combine(folder, HolderName);
        try
        {
            var stream = new FileStream(Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(holder, JsonSerializer.Serialize(new Holder(Environment.ProcessId, now, address), PayloadJson.Options));
            return new DataFolderLock(stream, holder);
        }
        catch (IOException e)
        {
            throw new JournalRefusedException($"the data folder {folder} is in use by {Describe(holder)}: stop it, or choose another folder", e);
        }
    }

    public void Dispose()
    {
        File.Delete(_holder);
        _stream.Dispose();
    }

    private static string Describe(string path)
    {
        try
        {
            var holder = JsonSerializer.Deserialize<Holder>(File.ReadAllText(path), PayloadJson.Options);
            return holder is null
                ? "another process"
                : string.Create(CultureInfo.InvariantCulture, $"process {holder.Pid} since {holder.Since:u}{(holder.Address.Length > 0 ? $" at {holder.Address}" : string.Empty)}");
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return $"another process ({e.Message})";
        }
    }

    private sealed record Holder(int Pid, DateTimeOffset Since, string Address);
}
