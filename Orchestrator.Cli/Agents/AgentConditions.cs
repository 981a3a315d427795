using Orchestrator.Client;

namespace Orchestrator.Cli.Agents;

/// <summary>What can be waited for.</summary>
internal static class AgentConditions
{
    /// <summary>Nothing runs in it.</summary>
    public static bool IsIdle(AgentInfo a) => a.State == "idle";

    /// <summary>It takes messages: idle, and its input is not in use.</summary>
    public static bool IsReady(AgentInfo a) => IsIdle(a) && !NeedsPerson(a);

    /// <summary>It has gone wrong, and stays so unless somebody does something.</summary>
    public static bool HasFailed(AgentInfo a) => a.State is "error" or "terminated" || a.Activity is "exited" or "node_lost" || (a.State == "offline" && a.Desired == "stopped");

    /// <summary>It waits for a person.</summary>
    public static bool NeedsPerson(AgentInfo a) => a.Activity is "awaiting_approval" or "awaiting_answer" or "auth_required" or "unsubmitted_input" or "hung";

    /// <summary>The condition named <paramref name="text"/>; a state or an activity.</summary>
    public static Func<AgentInfo, bool> Named(string text) => text switch
    {
        "ready" => IsReady,
        _ => a => string.Equals(a.State, text, StringComparison.Ordinal) || string.Equals(a.Activity, text, StringComparison.Ordinal),
    };

    /// <summary>The names of all conditions.</summary>
    public static readonly string[] Names =
    [
        "idle", "ready", "busy", "active", "error", "offline", "terminated",
        "starting", "working", "awaiting_approval", "awaiting_answer", "unsubmitted_input", "turn_failed", "rate_limited", "auth_required", "hung", "exited", "copy_mode", "node_lost",
    ];
}
