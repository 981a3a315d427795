using System.Globalization;

namespace Orchestrator.Hocon.Syntax;

/// <summary>Keys that are indices, for objects that stand for arrays.</summary>
internal static class Indices
{
    public static bool TryParse(string key, out long index) =>
        long.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out index);
}
