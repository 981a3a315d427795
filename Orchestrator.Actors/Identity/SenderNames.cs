using Orchestrator.Actors.Agents;

namespace Orchestrator.Actors.Identity;

/// <summary>Senders as people and agents know them.</summary>
public static class SenderNames
{
    private const string ClientPrefix = "client:";
    private const string AgentPrefix = "agent/";

    /// <summary>The name of an agent, whether it speaks itself (<c>agent/alice</c>) or by a token of its own (<c>client:agent/alice</c>); every other sender as it is.</summary>
    public static string Of(string sender)
    {
        var speaker = sender.StartsWith(ClientPrefix + AgentPrefix, StringComparison.Ordinal) ? sender[ClientPrefix.Length..] : sender;
        return speaker.StartsWith(AgentPrefix, StringComparison.Ordinal) ? speaker[AgentPrefix.Length..] : sender;
    }

    /// <summary>The agent that a sender is; null if it is none.</summary>
    public static AgentName? AgentOf(string sender) => Of(sender) is var name && name != sender && AgentName.TryParse(name, out var agent) ? agent : null;
}
