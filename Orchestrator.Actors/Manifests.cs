using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Identity;
using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Nodes;
using Orchestrator.Runtime;

namespace Orchestrator.Actors;

/// <summary>The stored name of everything of the domain that is stored. A released line is never changed; a new shape gets a new line, and an upcaster beside the event.</summary>
public static class Manifests
{
    /// <summary>Adds them all.</summary>
    public static ManifestTable AddDomain(this ManifestTable table) => table
        .Map<AgentRegistered>("agent.registered.v1")
        .Map<AgentDescribed>("agent.described.v1")
        .Map<PlacedOnNode>("agent.placed.v1")
        .Map<PaneBound>("agent.pane_bound.v1")
        .Map<StartFailed>("agent.start_failed.v1")
        .Map<ActivityChanged>("agent.activity_changed.v1")
        .Map<StopRequested>("agent.stop_requested.v1")
        .Map<PaneEnded>("agent.pane_ended.v1")
        .Map<OutputCaptured>("agent.output_captured.v1")
        .Map<AgentTerminated>("agent.terminated.v1")
        .Map<TransitionRefused>("agent.transition_refused.v1")
        .Map<MessageAccepted>("message.accepted.v1")
        .Map<DeliveryIntended>("message.delivery_intended.v1")
        .Map<DeliveryAdvanced>("message.delivery_advanced.v1")
        .Map<DeliveryDeferred>("message.delivery_deferred.v1")
        .Map<DeliveryEnded>("message.delivery_ended.v1")
        .Map<NodeStarted>("node.started.v1")
        .Map<NodeStopping>("node.stopping.v1")
        .Map<TmuxServerSeen>("node.tmux_server_seen.v1")
        .Map<StrayPaneFound>("node.stray_pane_found.v1")
        .Map<TokenIssued>("token.issued.v1")
        .Map<TokenRevoked>("token.revoked.v1")
        .Map<SetupCodeIssued>("setup.code_issued.v1")
        .Map<SetupCodeRefused>("setup.code_refused.v1")
        .Map<SetupCompleted>("setup.completed.v1")
        .Map<Register>("command.agent.register.v1")
        .Map<Describe>("command.agent.describe.v1")
        .Map<Start>("command.agent.start.v1")
        .Map<Stop>("command.agent.stop.v1")
        .Map<Restart>("command.agent.restart.v1")
        .Map<End>("command.agent.end.v1")
        .Map<Adopt>("command.agent.adopt.v1")
        .Map<BindPane>("command.agent.bind_pane.v1")
        .Map<ReportStartFailed>("command.agent.report_start_failed.v1")
        .Map<ReportActivity>("command.agent.report_activity.v1")
        .Map<ReportPaneEnded>("command.agent.report_pane_ended.v1")
        .Map<EnqueueMessage>("command.agent.enqueue_message.v1")
        .Map<ReportDelivery>("command.agent.report_delivery.v1")
        .Map<ExpireMessage>("command.agent.expire_message.v1")
        .Map<DispatchNext>("command.agent.dispatch_next.v1")
        .Map<ReportNodeStarted>("command.node.report_started.v1")
        .Map<ReportNodeStopping>("command.node.report_stopping.v1")
        .Map<ReportTmuxServer>("command.node.report_tmux_server.v1")
        .Map<ReportStrayPane>("command.node.report_stray_pane.v1")
        .Map<IssueToken>("command.token.issue.v1")
        .Map<RevokeToken>("command.token.revoke.v1")
        .Map<IssueSetupCode>("command.setup.issue_code.v1")
        .Map<CompleteSetup>("command.setup.complete.v1")
        .Map<PaneBinding>("reply.agent.pane_binding.v1")
        .Map<Placed>("reply.agent.placed.v1")
        .Map<MessageQueued>("reply.agent.message_queued.v1")
        .Map<SpawnPane>("worker.spawn_pane.v1")
        .Map<StopPane>("worker.stop_pane.v1")
        .Map<DeliverMessage>("worker.deliver_message.v1")
        .Map<AuthorityCreated>("authority.created.v1")
        .Map<CertificateIssued>("authority.certificate_issued.v1")
        .Map<JoinTokenIssued>("join_token.issued.v1")
        .Map<JoinTokenUsed>("join_token.used.v1")
        .Map<CreateAuthority>("command.authority.create.v1")
        .Map<RecordCertificate>("command.authority.record_certificate.v1")
        .Map<IssueJoinToken>("command.join_token.issue.v1")
        .Map<UseJoinToken>("command.join_token.use.v1")
        .Map<MessageAnswered>("message.answered.v1")
        .Map<ReportAnswer>("command.agent.report_answer.v1");
}
