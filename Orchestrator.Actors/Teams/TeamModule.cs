using Orchestrator.Runtime;

namespace Orchestrator.Actors.Teams;

/// <summary>How teams are added to the runtime.</summary>
public static class TeamModule
{
    /// <summary>Adds teams, what stops their members, and merge requests.</summary>
    public static RuntimeBuilder AddTeams(this RuntimeBuilder builder) => builder
        .AddEntity(new EntityKind<Team>(TeamName.Kind, new TeamBehavior()))
        .AddEntity(new EntityKind<StoppedTalk>(StoppedTalk.Kind, new StoppedTalkBehavior()))
        .AddEntity(new EntityKind<MergeRequest>(MergeRequest.Kind, new MergeBehavior()))
        .AddProjection(new TeamProjection())
        .AddProjection(new MergeProjection());
}
