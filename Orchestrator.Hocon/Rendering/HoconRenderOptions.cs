namespace Orchestrator.Hocon;

/// <summary>How values are written out.</summary>
public sealed record HoconRenderOptions
{
    /// <summary>HOCON without origins, nothing hidden.</summary>
    public static HoconRenderOptions Default { get; } = new();

    /// <summary>Whether to write JSON instead of HOCON.</summary>
    public bool Json { get; init; }

    /// <summary>Whether each value is followed by a comment that says where it was written. JSON has no comments, so this is for HOCON only.</summary>
    public bool Origins { get; init; }

    /// <summary>Paths whose values are not shown. <c>*</c> stands for one key or index, <c>**</c> for any number: <c>**.password</c>.</summary>
    public IReadOnlyCollection<string> Redact { get; init; } = [];
}
