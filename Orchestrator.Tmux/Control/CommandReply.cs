using System.Text;

namespace Orchestrator.Tmux;

/// <summary>The answer to one command of a list.</summary>
/// <param name="Succeeded">False if tmux answered with an error; later commands of the list did not run then.</param>
/// <param name="Payload">What the command printed, in bytes, without the last line feed.</param>
public sealed record CommandAnswer(bool Succeeded, ReadOnlyMemory<byte> Payload)
{
    /// <summary>The payload as text; bytes that are not UTF-8 become U+FFFD.</summary>
    public string Text => Encoding.UTF8.GetString(Payload.Span);
}

/// <summary>The answers to one command line, in order.</summary>
/// <param name="Command">The line that was sent.</param>
/// <param name="Answers">At least one; after an error there are no more.</param>
public sealed record CommandReply(string Command, IReadOnlyList<CommandAnswer> Answers)
{
    /// <summary>The last answer.</summary>
    public CommandAnswer Last => Answers[^1];

    /// <summary>Whether no command of the list failed.</summary>
    public bool Succeeded => Answers.All(answer => answer.Succeeded);

    /// <summary>This reply, or the error in it.</summary>
    /// <exception cref="TmuxCommandException">A command of the list failed.</exception>
    public CommandReply OrThrow()
        => Answers.FirstOrDefault(answer => !answer.Succeeded) is { } failed ? throw new TmuxCommandException(Command, failed.Text) : this;
}
