namespace Orchestrator.Tmux;

/// <summary>Something about tmux went wrong; the message says what a person can do about it.</summary>
public class TmuxException : Exception
{
    /// <summary>With a message for a person, and optionally the cause.</summary>
    public TmuxException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

/// <summary>tmux ran the command and answered with an error: the rest of its list did not run.</summary>
public sealed class TmuxCommandException(string command, string answer)
    : TmuxException($"tmux refused `{command}`: {answer}")
{
    /// <summary>What tmux answered, one line.</summary>
    public string Answer { get; } = answer;
}

/// <summary>The command never reached tmux: nothing happened, and it may be sent again.</summary>
public sealed class TmuxNotSentException(string message, Exception? inner = null) : TmuxException(message, inner);

/// <summary>
/// The command was handed to tmux and no answer came: it may have run or not, and may still run.
/// Only reading the world (marks, inventory) tells.
/// </summary>
public sealed class TmuxOutcomeUnknownException(string message, Exception? inner = null) : TmuxException(message, inner);

/// <summary>The server cannot be started, reached or trusted.</summary>
public sealed class TmuxServerException(string message, Exception? inner = null) : TmuxException(message, inner);
