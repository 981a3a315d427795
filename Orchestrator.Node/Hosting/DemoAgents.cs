using System.Collections.Immutable;

using Orchestrator.Actors.Agents;
using Orchestrator.Api;
using Orchestrator.Node.Settings;
using Orchestrator.Runtime;

namespace Orchestrator.Node.Hosting;

/// <summary>Two agents to look at, for a start with <c>--demo</c>.</summary>
internal sealed class DemoAgents(NodeSettings settings, IActorSystem system, IProfileCatalog profiles, TimeProvider time)
{
    private static readonly Sender Sender = new("client:demo");

    /// <summary>Makes and starts them; those that are there already are only started.</summary>
    public async Task SpawnAsync(CancellationToken cancellation)
    {
        var profile = profiles.Find("demo") ?? throw new InvalidOperationException("the profile demo is missing: the build is not complete");
        var folder = Path.Combine(settings.Data, "demo");
        Directory.CreateDirectory(folder);
        foreach (var name in (string[])["demo-1", "demo-2"])
        {
            var entity = AgentName.Parse(name).Entity;
            var register = new Register("demo", folder, AgentRole.Default, DisplayName: null, WorktreeBranch: null, [], ImmutableSortedDictionary<string, string>.Empty, ReportsTo: null, profile.Traits);
            await system.AskAsync(entity, register, CommandId.New(time), Sender, cancellation);
            await system.AskAsync(entity, new Start(settings.Name), CommandId.New(time), Sender, cancellation);
        }
    }
}
