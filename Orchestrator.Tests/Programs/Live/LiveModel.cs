using Orchestrator.Tests.Programs.Model;

namespace Orchestrator.Tests.Programs.Live;

/// <summary>
/// A model that takes its time like one: 0.5 to 3 s to the first word, then words for 1 to 6 s, and now and then a shell command before them. Real turns are longer still: whatever is shown
/// late after a change weighs more here than it does there.
/// </summary>
/// <param name="program">The program it speaks to.</param>
/// <param name="random">Chooses.</param>
/// <param name="pace">What its times are multiplied by: 1 in a long run, less in a short one.</param>
internal sealed class LiveModel(AgentProgram program, Random random, double pace)
{
    private int _commands;

    public ModelScript Next(ModelTurn turn)
    {
        lock (random)
        {
            var thinking = Milliseconds(500, 3000);
            if (turn.ToolResult is null && random.Next(8) == 0)
            {
                return program.RunShell($"touch proof-{++_commands}.txt") with { Thinking = thinking };
            }

            var words = random.Next(10, 150);
            return new ModelScript.Answer(string.Join(' ', Enumerable.Range(0, words).Select(static i => $"word{i}")), Milliseconds(1000, 6000) / words) { Thinking = thinking };
        }
    }

    private TimeSpan Milliseconds(int least, int most) => TimeSpan.FromMilliseconds(random.Next(least, most) * pace);
}
