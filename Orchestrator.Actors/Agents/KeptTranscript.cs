namespace Orchestrator.Actors.Agents;

/// <summary>What was kept of the transcript of a program that has ended; the lines themselves lie in a file of its node.</summary>
/// <param name="Generation">The placement.</param>
/// <param name="Node">The node that has the file.</param>
/// <param name="From">Where the program had written it.</param>
/// <param name="Bytes">How much is kept.</param>
/// <param name="LeftOut">How much before that is not kept, in bytes, because it was larger than the limit; 0: it is whole.</param>
/// <param name="At">When it was kept.</param>
public sealed record KeptTranscript(Generation Generation, string Node, string From, long Bytes, long LeftOut, DateTimeOffset At)
{
    /// <summary>Of how many ends of an agent they are kept: the file of an older one goes when a newer one comes.</summary>
    public const int Most = 5;
}
