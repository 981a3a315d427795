namespace Orchestrator.Tmux;

/// <summary>Conditions in tmux's format language. Whoever calls gives allow-listed values only.</summary>
internal static class FormatCondition
{
    public static string Equal(string variable, string value) => $"#{{==:#{{{variable}}},{value}}}";

    public static string NotEqual(string variable, string value) => $"#{{!=:#{{{variable}}},{value}}}";

    public static string All(params IEnumerable<string> conditions) => Fold("&&", conditions);

    public static string Any(params IEnumerable<string> conditions) => Fold("||", conditions);

    // tmux's && and || take two operands.
    private static string Fold(string operation, IEnumerable<string> conditions)
        => conditions.Aggregate((left, right) => $"#{{{operation}:{left},{right}}}");
}
