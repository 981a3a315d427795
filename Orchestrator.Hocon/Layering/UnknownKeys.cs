using Orchestrator.Hocon.Rendering;

namespace Orchestrator.Hocon;

/// <summary>A key that the reference does not know.</summary>
/// <param name="Path">The whole path.</param>
/// <param name="Origin">Where the key was written.</param>
/// <param name="Nearest">The known path that was probably meant; null if none comes near.</param>
public sealed record UnknownKey(HoconPath Path, HoconOrigin Origin, HoconPath? Nearest)
{
    /// <summary>The warning to show: <c>unknown key orchestrator.nod.port (node.conf:3:1): did you mean orchestrator.node.port?</c></summary>
    public override string ToString() => $"unknown key {Path} ({Origin}): "
        + (Nearest is null ? "no known key comes near; remove it or look it up in the reference" : $"did you mean {Nearest}?");
}

/// <summary>Finds what is set but read by nobody: mostly spelling mistakes.</summary>
public static class UnknownKeys
{
    /// <summary>Lists the keys of a configuration that its reference does not have. Values inside arrays are not looked at.</summary>
    /// <param name="reference">All known keys with their defaults. A key whose default is not an object may hold anything.</param>
    /// <param name="actual">What was configured.</param>
    /// <param name="freeForm">Paths under which every key is allowed, such as <c>orchestrator.agents</c> or <c>orchestrator.profiles.*.environment</c>.</param>
    /// <returns>The innermost unknown keys, in the order of the configuration.</returns>
    /// <exception cref="HoconException">A free-form path does not parse.</exception>
    public static IReadOnlyList<UnknownKey> Find(HoconObject reference, HoconObject actual, IReadOnlyCollection<string> freeForm)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(actual);
        ArgumentNullException.ThrowIfNull(freeForm);
        var free = freeForm.Select(PathPattern.Parse).ToList();
        var known = new Lazy<List<HoconPath>>(() => [.. Leaves(reference, HoconPath.Root).Select(leaf => leaf.Path)]);
        return [.. Unknown(reference, actual, HoconPath.Root, free)
            .Select(leaf => new UnknownKey(leaf.Path, leaf.Origin, Nearest(leaf.Path, known.Value)))];
    }

    private static IEnumerable<(HoconPath Path, HoconOrigin Origin)> Unknown(HoconObject reference, HoconObject actual, HoconPath at, List<PathPattern> free)
    {
        foreach (var (key, value) in actual)
        {
            var path = at.Append(key);
            if (free.Exists(pattern => pattern.Covers(path.Elements)))
            {
                continue;
            }

            var found = reference.TryGetValue(key, out var known);
            var inner = (found, known, value) switch
            {
                (false, _, HoconObject { Count: > 0 } o) => Leaves(o, path).Where(leaf => !free.Exists(pattern => pattern.Covers(leaf.Path.Elements))),
                (false, _, _) => [(path, actual.KeyOrigin(key))],
                (true, HoconObject k, HoconObject o) => Unknown(k, o, path, free),
                _ => [],
            };
            foreach (var leaf in inner)
            {
                yield return leaf;
            }
        }
    }

    private static IEnumerable<(HoconPath Path, HoconOrigin Origin)> Leaves(HoconObject o, HoconPath at)
    {
        foreach (var (key, value) in o)
        {
            var path = at.Append(key);
            if (value is HoconObject { Count: > 0 } inner)
            {
                foreach (var leaf in Leaves(inner, path))
                {
                    yield return leaf;
                }
            }
            else
            {
                yield return (path, o.KeyOrigin(key));
            }
        }
    }

    private static HoconPath? Nearest(HoconPath path, List<HoconPath> known)
    {
        var text = path.ToString();
        var limit = Math.Max(2, text.Length / 5);
        var (best, distance) = ((HoconPath?)null, limit + 1);
        foreach (var candidate in known)
        {
            if (EditDistance.Between(text, candidate.ToString(), distance) is var d && d < distance)
            {
                (best, distance) = (candidate, d);
            }
        }

        return best ?? OnlyEndingWith(text, known) ?? OnlyEndingWith(path.Elements[^1], known);
    }

    /// <summary>The only known path that ends like this, for keys whose beginning was forgotten or is another.</summary>
    private static HoconPath? OnlyEndingWith(string end, List<HoconPath> known) =>
        known.FindAll(candidate => candidate.ToString().EndsWith("." + end, StringComparison.Ordinal)) is [var only] ? only : null;
}
