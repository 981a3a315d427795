using Orchestrator.Tests.Programs.Model;

namespace Orchestrator.Tests.Programs.Live;

/// <summary>A model that takes its time: it thinks, runs a shell command now and then, and talks word by word.</summary>
/// <param name="program">The program it speaks to.</param>
/// <param name="random">Chooses.</param>
/// <param name="pace">How long it takes.</param>
internal sealed class LiveModel(AgentProgram program, Random random, LivePace pace)
{
    // Models say about so many words a second.
    private const int MillisecondsPerWord = 40;

    private static int _commands;

    public ModelScript Next(ModelTurn turn)
    {
        lock (random)
        {
            var thinking = Between(pace.Thinking);
            if (turn.ToolResult is null && random.Next(pace.CommandOneIn) == 0)
            {
                return program.RunShell($"touch proof-{Interlocked.Increment(ref _commands)}.txt") with { Thinking = thinking };
            }

            var talking = Between(pace.Talking);
            var words = Math.Max(5, (int)talking.TotalMilliseconds / MillisecondsPerWord);
            return new ModelScript.Answer(string.Join(' ', Enumerable.Range(0, words).Select(static i => $"word{i}")), talking / words) { Thinking = thinking };
        }
    }

    private TimeSpan Between((int Least, int Most) limits) => TimeSpan.FromMilliseconds(random.Next(limits.Least, limits.Most));
}
