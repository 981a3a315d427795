using System.Collections;
using System.Collections.Immutable;

using Orchestrator.Actors.Agents;
using Orchestrator.Node.Hooks;
using Orchestrator.Node.Profiles;

namespace Orchestrator.Node.Workers.Starting;

/// <summary>What of an agent its launch depends on.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Generation">The placement.</param>
/// <param name="Folder">The working folder.</param>
/// <param name="Command">The words that replace the profile's command, or come after it.</param>
/// <param name="Role">What its role comes to.</param>
/// <param name="Session">The program's own id of the conversation, if one is known or given.</param>
/// <param name="Resume">Take up that conversation again.</param>
internal sealed record AgentLaunch(AgentName Agent, Generation Generation, string Folder, ImmutableArray<string> Command, LaunchRole Role, string? Session = null, bool Resume = false)
{
    /// <summary>What becomes of it when this node is lost; null for what the node is set to.</summary>
    public LossPolicy? OnNodeLoss { get; init; }
}

/// <summary>What the programs of this node's agents are started with.</summary>
/// <param name="stateFolder">Holds a folder of its own for each agent.</param>
/// <param name="orc">The command-line tool, for profiles that call it.</param>
internal sealed class LaunchContexts(string stateFolder, string orc)
{
    private readonly ImmutableDictionary<string, string> _environment = Environment.GetEnvironmentVariables()
        .Cast<DictionaryEntry>()
        .ToImmutableDictionary(static e => (string)e.Key, static e => (string?)e.Value ?? string.Empty, StringComparer.Ordinal);

    /// <summary>What the launch of an agent depends on.</summary>
    public LaunchContext For(AgentLaunch agent, AgentProfile profile)
        => new(agent.Agent.Value, agent.Generation.Value, agent.Folder, Path.Combine(stateFolder, agent.Agent.Value), orc, _environment, profile.CommandReplaceable ? [] : agent.Command)
        {
            Replacement = profile.CommandReplaceable ? agent.Command : [],
            Role = agent.Role,
            Socket = HookListener.SocketIn(Path.GetDirectoryName(stateFolder)!),
            Session = agent.Session,
        };
}
