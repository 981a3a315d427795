namespace Orchestrator.Hocon;

/// <summary>A configuration that cannot be used: it does not parse, does not resolve, or holds something else than was asked for. The message says where, what, and what to do.</summary>
public sealed class HoconException : Exception
{
    /// <summary>An error at a known place.</summary>
    /// <param name="origin">Where it is.</param>
    /// <param name="problem">What is wrong and what to do, without the place.</param>
    /// <param name="path">The path of the value concerned, where there is one.</param>
    /// <param name="inner">The cause, where another exception told of it.</param>
    public HoconException(HoconOrigin origin, string problem, string? path = null, Exception? inner = null)
        : base(origin is null ? problem : $"{origin}: {problem}", inner)
    {
        Origin = origin;
        Problem = problem;
        Path = path;
    }

    /// <summary>An error that belongs to no place.</summary>
    /// <param name="problem">What is wrong and what to do.</param>
    public HoconException(string problem)
        : base(problem)
    {
        Problem = problem;
    }

    /// <summary>An error that belongs to no place, with its cause.</summary>
    /// <param name="problem">What is wrong and what to do.</param>
    /// <param name="inner">The cause.</param>
    public HoconException(string problem, Exception inner)
        : base(problem, inner)
    {
        Problem = problem;
    }

    /// <summary>An error without a description.</summary>
    public HoconException()
    {
        Problem = Message;
    }

    /// <summary>Where the error is; null when it belongs to no place.</summary>
    public HoconOrigin? Origin { get; }

    /// <summary>What is wrong and what to do, without the place.</summary>
    public string Problem { get; }

    /// <summary>The path of the value concerned; null when the error is one of syntax.</summary>
    public string? Path { get; }

    /// <summary>Reads settings with what knows nothing of HOCON, and says wrong ones in its words.</summary>
    /// <param name="read">Reads them; a <see cref="FormatException"/> says what is wrong and what to do.</param>
    /// <exception cref="HoconException">They are wrong.</exception>
    public static T Rethrown<T>(Func<T> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        try
        {
            return read();
        }
        catch (FormatException e)
        {
            throw new HoconException(e.Message, e);
        }
    }
}
