using Orchestrator.Tests.Programs.Model;

namespace Orchestrator.Tests.Programs.Live;

/// <summary>A model that behaves like one: short and long answers, silence before an answer, and now and then a shell command.</summary>
internal sealed class LiveModel(AgentProgram program, Random random)
{
    private static readonly string Words = string.Join(' ', Enumerable.Range(0, 60).Select(static i => $"word{i}"));
    private int _commands;

    public ModelScript Next(ModelTurn turn)
    {
        if (turn.ToolResult is not null)
        {
            return new ModelScript.Answer("The tool has answered.");
        }

        lock (random)
        {
            return random.Next(10) switch
            {
                0 => program.RunShell($"touch proof-{++_commands}.txt"),
                1 => new ModelScript.Hang(Task.Delay(TimeSpan.FromMilliseconds(random.Next(500, 2500)))),
                2 or 3 => new ModelScript.Answer(Words, TimeSpan.FromMilliseconds(random.Next(10, 60))),
                _ => ScriptedModelServer.EchoTheId(turn),
            };
        }
    }
}
