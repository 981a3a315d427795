namespace Orchestrator.Hocon;

/// <summary>How a text is read and resolved. The limits keep a hostile text from taking the process down: each ends in a <see cref="HoconException"/> that names it.</summary>
public sealed record HoconOptions
{
    /// <summary>The usual options: the environment of this process, includes allowed.</summary>
    public static HoconOptions Default { get; } = new();

    /// <summary>What the text is called in errors. A file's own name stands here by itself when a file is parsed.</summary>
    public string SourceName { get; init; } = "text";

    /// <summary>The folder that relative includes start from; null refuses them. A file's own folder stands here by itself when a file is parsed.</summary>
    public string? BaseFolder { get; init; }

    /// <summary>Whether <c>include</c> may be used at all.</summary>
    public bool AllowIncludes { get; init; } = true;

    /// <summary>Looks an environment variable up for <c>${NAME}</c>; null as its result means unset. By default this process's environment.</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>How deep objects, arrays and paths may nest. 1 to 200.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside that range.</exception>
    public int MaxDepth
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 200);
            field = value;
        }
    } = 200;

    /// <summary>How many characters all files of one document may have together.</summary>
    public int MaxCharacters { get; init; } = 64 * 1024 * 1024;

    /// <summary>How many files one document may include.</summary>
    public int MaxIncludes { get; init; } = 1000;

    /// <summary>How many values a resolved document may hold, and how many characters its substitutions may build, in units of 64 characters.</summary>
    public int MaxValues { get; init; } = 1_000_000;
}
