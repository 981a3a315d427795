namespace Orchestrator.Hocon;

/// <summary>Where a value was written.</summary>
/// <param name="Source">The file, or a name such as <c>-D orchestrator.node.port</c> for a value that comes from no file.</param>
/// <param name="Line">1-based line; 0 where <paramref name="Source"/> has no lines.</param>
/// <param name="Column">1-based column in UTF-16 units; 0 where <paramref name="Source"/> has no lines.</param>
public sealed record HoconOrigin(string Source, int Line, int Column)
{
    /// <summary>An origin without lines: an environment variable, an argument.</summary>
    /// <param name="source">What a person would call it.</param>
    public static HoconOrigin Of(string source) => new(source, 0, 0);

    /// <summary><c>file:line:column</c>, or the source alone where it has no lines.</summary>
    public override string ToString() => Line == 0 ? Source : $"{Source}:{Line}:{Column}";
}
