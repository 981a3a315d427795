using System.Collections.Immutable;

using Orchestrator.Runtime;

namespace Orchestrator.Actors.Agents;

/// <summary>How an agent becomes known and is described.</summary>
internal static class AgentRegistration
{
    public static Effects Registering(Agent agent, Register register, DecisionContext context)
        => agent.Registered
            ? Effects.Refuse(RefusalCodes.AlreadyExists, $"there is an agent {agent.Name} already ({agent.State.Words()}): choose another name, or end it first with 'orc rm {agent.Name}'")
            : Effects.Persist(new AgentRegistered(
                agent.Name,
                register.Profile,
                register.Folder,
                register.Role,
                register.DisplayName,
                register.WorktreeBranch,
                register.Command,
                register.Metadata,
                register.ReportsTo,
                register.Traits,
                context.Sender.Value,
                context.Now,
                register.Model,
                register.Temperature,
                register.NoTools,
                register.Labels));

    public static Effects Describing(Agent agent, Describe describe, DecisionContext context)
    {
        if (!TryReportsTo(agent, describe.ReportsTo, out var reportsTo))
        {
            return Effects.Refuse(RefusalCodes.Invalid, $"'{describe.ReportsTo}' is not an agent that {agent.Name} can report to: {AgentName.Rule}, and not itself");
        }

        var metadata = agent.Metadata;
        foreach (var (key, value) in describe.Metadata ?? ImmutableSortedDictionary<string, string>.Empty)
        {
            metadata = value.Length == 0 ? metadata.Remove(key) : metadata.SetItem(key, value);
        }

        return Effects.Persist(new AgentDescribed(
            describe.Role ?? agent.Role,
            describe.DisplayName ?? agent.DisplayName,
            metadata,
            reportsTo,
            describe.Manages ?? agent.Manages,
            describe.CollaboratesWith ?? agent.CollaboratesWith,
            context.Sender.Value,
            describe.Limits));
    }

    public static Effects Refitting(Agent agent, Refit refit, DecisionContext context)
    {
        var (profile, model) = (refit.Profile ?? agent.Profile, refit.Model ?? agent.Model);
        return profile == agent.Profile && model == agent.Model
            ? Effects.None
            : Effects.Persist(new AgentRefitted(profile, model, profile == agent.Profile ? agent.Command : [], context.Sender.Value, context.Now));
    }

    private static bool TryReportsTo(Agent agent, string? text, out AgentName? reportsTo)
    {
        reportsTo = text is null ? agent.ReportsTo : null;
        if (string.IsNullOrEmpty(text))
        {
            return true;
        }

        if (!AgentName.TryParse(text, out var name) || name == agent.Name)
        {
            return false;
        }

        reportsTo = name;
        return true;
    }
}
