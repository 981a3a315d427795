using System.Collections;
using System.Collections.Immutable;

using Orchestrator.Actors.Agents;
using Orchestrator.Node.Hooks;
using Orchestrator.Node.Profiles;

namespace Orchestrator.Node.Workers.Starting;

/// <summary>What the programs of this node's agents are started with.</summary>
/// <param name="stateFolder">Holds a folder of its own for each agent.</param>
/// <param name="orc">The command-line tool, for profiles that call it.</param>
internal sealed class LaunchContexts(string stateFolder, string orc)
{
    private readonly ImmutableDictionary<string, string> _environment = Environment.GetEnvironmentVariables()
        .Cast<DictionaryEntry>()
        .ToImmutableDictionary(static e => (string)e.Key, static e => (string?)e.Value ?? string.Empty, StringComparer.Ordinal);

    /// <summary>What the launch of an agent depends on.</summary>
    public LaunchContext For(AgentName agent, Generation generation, string folder, ImmutableArray<string> command, AgentProfile profile)
        => new(agent.Value, generation.Value, folder, Path.Combine(stateFolder, agent.Value), orc, _environment, profile.CommandReplaceable ? [] : command)
        {
            Replacement = profile.CommandReplaceable ? command : [],
            Socket = HookListener.SocketIn(Path.GetDirectoryName(stateFolder)!),
        };

    /// <summary>The program and environment to start.</summary>
    public static Launch LaunchOf(AgentProfile profile, LaunchContext context)
    {
        var launch = Launch.Of(profile, context);
        return context.Replacement.IsDefaultOrEmpty ? launch : launch with { Command = context.Replacement };
    }
}
