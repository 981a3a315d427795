using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Orchestrator.Runtime;

/// <summary>Rendezvous hashing: every node computes the same winner for a shard, and when one comes or goes only its own shards move.</summary>
public static class Rendezvous
{
    /// <summary>How much <paramref name="node"/> weighs for <paramref name="shard"/>; the greatest weight wins.</summary>
    public static ulong Weight(int shard, string node)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{shard}/{node}")), hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash);
    }
}
