using Orchestrator.Actors.Agents;
using Orchestrator.Node.Screens;

using PaneFacts = Orchestrator.Tmux.PaneFacts;

namespace Orchestrator.Node.Workers.Panes;

/// <summary>How what tmux and the screen rules say is said in the words of agents.</summary>
internal static class Exits
{
    /// <summary>Whether tmux knows how the program of a dead pane ended.</summary>
    public static bool IsKnown(PaneFacts facts) => facts.ExitStatus is not null || facts.ExitSignal is > 0;

    /// <summary>How the program of a dead pane ended.</summary>
    public static PaneExit Of(PaneFacts facts) => facts switch
    {
        { ExitSignal: { } signal and > 0 } => new PaneExit(ExitCode: null, signal, $"killed by {NameOf(signal)}"),
        { ExitStatus: { } code } => new PaneExit(code, Signal: null, $"exited with code {code}"),
        _ => new PaneExit(ExitCode: null, Signal: null, "ended; tmux does not say how"),
    };

    /// <summary>The activity of an agent that a screen's activity is.</summary>
    public static AgentActivity ToAgentActivity(this ScreenActivity activity) => activity switch
    {
        ScreenActivity.Starting => AgentActivity.Starting,
        ScreenActivity.Ready => AgentActivity.Ready,
        ScreenActivity.Working => AgentActivity.Working,
        ScreenActivity.AwaitingApproval => AgentActivity.AwaitingApproval,
        ScreenActivity.AwaitingAnswer => AgentActivity.AwaitingAnswer,
        ScreenActivity.UnsubmittedInput => AgentActivity.UnsubmittedInput,
        ScreenActivity.TurnFailed => AgentActivity.TurnFailed,
        ScreenActivity.RateLimited => AgentActivity.RateLimited,
        ScreenActivity.AuthRequired => AgentActivity.AuthRequired,
        ScreenActivity.Exited => AgentActivity.Exited,
        ScreenActivity.CopyMode => AgentActivity.CopyMode,
        _ => throw new ArgumentOutOfRangeException(nameof(activity), activity, "no activity of an agent is known for it"),
    };

    private static string NameOf(int signal) => signal switch
    {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        6 => "SIGABRT",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        15 => "SIGTERM",
        _ => $"signal {signal}",
    };
}
