using Orchestrator.Hocon.Syntax;

namespace Orchestrator.Hocon;

/// <summary>
/// Settings from the command line and from environment variables, as documents to layer on top.
/// One rule says what a value means: if it starts with <c>{</c>, <c>[</c> or <c>"</c> or contains <c>${</c> it is HOCON;
/// if it is a number, <c>true</c>, <c>false</c> or <c>null</c> it is that; anything else is a string, character by character.
/// </summary>
public static class HoconOverrides
{
    private const string ListMark = "__";

    /// <summary>Reads the arguments of <c>-D</c>: <c>key=value</c>, or <c>key+=value</c> to append to an array. The key is a path expression; the last of several for one key counts.</summary>
    /// <param name="arguments">The arguments without the <c>-D</c>.</param>
    /// <exception cref="HoconException">An argument has no key or no <c>=</c>, or its value is meant to be HOCON and is not.</exception>
    public static HoconDocument Parse(IEnumerable<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var root = new ObjectNode(HoconOrigin.Of("-D"));
        foreach (var argument in arguments)
        {
            var scanner = new Scanner(argument, "-D");
            scanner.SkipBlank();
            if (scanner.Peek() is not '"' && !Scanner.IsUnquoted(scanner.Peek()))
            {
                throw scanner.Error($"expected key=value, found {scanner.Shown}: write -D node.port=8080");
            }

            var path = PathParser.Read(scanner, HoconOptions.Default.MaxDepth);
            var append = scanner.TryTake('+');
            if (!scanner.TryTake('='))
            {
                throw scanner.Error($"expected '=' after {path}, found {scanner.Shown}: write -D {path}=VALUE");
            }

            Set(root, path, scanner.Rest.ToString(), $"-D {path}", append);
        }

        return new HoconDocument([root], HoconOptions.Default);
    }

    /// <summary>
    /// Reads environment variables that start with a prefix. What follows the prefix is the path below
    /// <paramref name="root"/>: <c>__</c> separates keys, <c>_</c> is a hyphen, letters become lower case.
    /// <c>ORC_NODE__DATA_DIR</c> is <c>orchestrator.node.data-dir</c>.
    /// </summary>
    /// <param name="variables">The variables, as <see cref="System.Environment.GetEnvironmentVariables()"/> has them.</param>
    /// <param name="prefix">What the names start with, such as <c>ORC_</c>; case counts.</param>
    /// <param name="root">The path that the keys lie under.</param>
    /// <param name="ignored">Names with the prefix that are no settings.</param>
    /// <exception cref="HoconException">A name has an empty key in it, or a value is meant to be HOCON and is not.</exception>
    public static HoconDocument FromEnvironment(
        IEnumerable<KeyValuePair<string, string>> variables,
        string prefix = "ORC_",
        string root = "orchestrator",
        IReadOnlyCollection<string>? ignored = null)
    {
        ArgumentNullException.ThrowIfNull(variables);
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        var rootPath = HoconPath.Parse(root);
        var target = new ObjectNode(HoconOrigin.Of("environment"));
        foreach (var (name, value) in variables.OrderBy(variable => variable.Key, StringComparer.Ordinal))
        {
            if (!name.StartsWith(prefix, StringComparison.Ordinal) || ignored?.Contains(name, StringComparer.Ordinal) == true)
            {
                continue;
            }

            var source = $"environment variable {name}";
            string[] keys = [.. name[prefix.Length..].Split(ListMark).Select(key => key.ToLowerInvariant().Replace('_', '-'))];
            if (Array.Exists(keys, key => key.Trim('-').Length == 0) || keys.Length > HoconOptions.Default.MaxDepth / 2)
            {
                throw new HoconException(HoconOrigin.Of(source), $"this name is no setting: write {prefix} and the keys in capitals, separated by __, such as {prefix}NODE__DATA_DIR for node.data-dir");
            }

            Set(target, rootPath.Append(keys), value, source, append: false);
        }

        return new HoconDocument([target], HoconOptions.Default);
    }

    private static void Set(ObjectNode root, HoconPath path, string value, string source, bool append)
    {
        var origin = HoconOrigin.Of(source);
        var options = HoconOptions.Default with { SourceName = source, AllowIncludes = false };
        var text = IsHocon(value) ? value : Rendering.Quoting.String(value);
        if (IsHocon(value) || append)
        {
            DocumentParser.ParseValue(text, Inclusion.OfText(options), root, path, origin, append);
        }
        else
        {
            root.Field(path, origin).Add(new Layer(new ScalarNode(new HoconScalar(origin, Concatenation.KindOf(value), value))));
        }
    }

    private static bool IsHocon(string value)
    {
        var start = value.AsSpan().TrimStart();
        return (start.Length > 0 && start[0] is '{' or '[' or '"') || value.Contains("${", StringComparison.Ordinal);
    }
}
