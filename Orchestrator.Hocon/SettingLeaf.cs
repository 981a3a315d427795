namespace Orchestrator.Hocon;

/// <summary>One setting with its value in words, or without it where it may be a secret.</summary>
/// <param name="Path">Its whole path.</param>
/// <param name="Value">The value; of what may be a secret only that it is one.</param>
/// <param name="Origin">Where it was set.</param>
public sealed record SettingLeaf(string Path, string Value, string Origin)
{
    private static readonly string[] Secret = ["password", "secret", "token", "key"];

    /// <summary>All settings, in the order of their paths.</summary>
    public static IEnumerable<SettingLeaf> Of(HoconObject settings) => Of("", settings).OrderBy(static leaf => leaf.Path, StringComparer.Ordinal);

    private static IEnumerable<SettingLeaf> Of(string path, HoconValue value)
    {
        if (value is HoconObject branch)
        {
            return branch.SelectMany(field => Of(path.Length == 0 ? field.Key : $"{path}.{field.Key}", field.Value));
        }

        var hidden = Secret.Any(word => path[(path.LastIndexOf('.') + 1)..].Contains(word, StringComparison.OrdinalIgnoreCase));
        return [new SettingLeaf(path, hidden ? "(redacted)" : value.ToString() ?? string.Empty, value.Origin.ToString() ?? string.Empty)];
    }
}
