using System.Collections.Immutable;
using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging.Protocol;
using Orchestrator.Actors.Recovery;

namespace Orchestrator.Api;

/// <summary>The settings of the API.</summary>
public sealed class ApiOptions
{
    /// <summary>Names beside the loopback ones (<c>localhost</c>, <c>127.0.0.1</c>, <c>[::1]</c>) that a request's Host header may have, without port.</summary>
    public ImmutableArray<string> AllowedHosts { get; set; } = [];

    /// <summary>Origins beside the API's own that a browser's request may come from, exactly as the browser sends them.</summary>
    public ImmutableArray<string> AllowedOrigins { get; set; } = [];

    /// <summary>Folders that agents may work in or below; anywhere if there is none.</summary>
    public ImmutableArray<string> FolderRoots { get; set; } = [];

    /// <summary>What is configured of roles. The built-in ones are there in any case.</summary>
    public ImmutableArray<RoleDescription> Roles { get; set; } = [];

    /// <summary>The types of messages there are.</summary>
    public MessageTypes MessageTypes { get; set; } = MessageTypes.BuiltIn;

    /// <summary>What messages are held to.</summary>
    public ProtocolRules Protocol { get; set; } = new();

    /// <summary>What is done when something is wrong with an agent.</summary>
    public RecoverySettings Recovery { get; set; } = RecoverySettings.Default;

    /// <summary>How long nobody must have spoken in a conversation before it is idle, unless it says otherwise.</summary>
    public TimeSpan ConversationIdleAfter { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long new messages of a conversation are gathered before its agents are told, unless it says otherwise.</summary>
    public TimeSpan ConversationBatch { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long nothing must have happened to an agent before it is offered for clean-up.</summary>
    public TimeSpan InactiveAfter { get; set; } = TimeSpan.FromHours(24);

    /// <summary>The largest body of a request, in bytes.</summary>
    public long MaximumBodyBytes { get; set; } = 2 * 1024 * 1024;

    /// <summary>How long a read waits for the views to have seen the position that it asks for.</summary>
    public TimeSpan PositionWait { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often an event stream without events sends a comment.</summary>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often an open event stream or recording looks whether its token is still valid.</summary>
    public TimeSpan TokenRecheck { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How many wrong tokens from one address within a minute are answered as such; further ones get 429.</summary>
    public int FailedTokensPerMinute { get; set; } = 30;
}
