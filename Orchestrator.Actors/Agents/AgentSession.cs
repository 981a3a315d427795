using Orchestrator.Actors.Messaging;
using Orchestrator.Runtime;

namespace Orchestrator.Actors.Agents;

/// <summary>How a start deals with the conversation that the agent had.</summary>
public enum StartMode
{
    /// <summary>It is taken up again where that is possible; after a crash the agent is briefed anew where it is not.</summary>
    Auto,

    /// <summary>A new conversation.</summary>
    Fresh,

    /// <summary>It is taken up again, or the agent is briefed anew. Refused where there was none.</summary>
    Resume,

    /// <summary>A new conversation, whose first message says what is known of the old one.</summary>
    Rebrief,
}

/// <summary>What became of the conversation at a start.</summary>
public enum SessionStart
{
    /// <summary>A new conversation that knows of nothing.</summary>
    Fresh,

    /// <summary>The same conversation, taken up again by the program itself.</summary>
    Resumed,

    /// <summary>A new conversation, whose first message says what is known of the old one.</summary>
    ReBriefed,
}

/// <summary>What the worker is to try at a start.</summary>
/// <param name="Resume">Take up the conversation again, if the program can.</param>
/// <param name="Brief">If it cannot, the agent is to be briefed anew.</param>
/// <param name="Known">The program's own id of that conversation, if it is known.</param>
/// <param name="New">The id for a new one, for programs that take one.</param>
public sealed record SessionPlan(bool Resume, bool Brief, string? Known, string New)
{
    /// <summary>It ran on another node before: it is taken up again only if its record is found.</summary>
    public bool Elsewhere { get; init; }
}

/// <summary>What the worker tells of the conversation that a program was started with.</summary>
/// <param name="Resumed">The program was told to take up the old one.</param>
/// <param name="Id">The program's own id of it, if it is known.</param>
/// <param name="Prompt">What the role says, if the program was not told it at its start.</param>
/// <param name="Continues">After a crash in the middle of a turn it may be asked to go on.</param>
public sealed record SessionReport(bool Resumed, string? Id, string? Prompt, bool Continues);

/// <summary>A message that a program was given.</summary>
/// <param name="Id">Its id.</param>
/// <param name="From">Who sent it.</param>
/// <param name="Text">Its text, at most its first 4000 characters.</param>
public sealed record GivenMessage(MessageId Id, string From, string Text)
{
    private const int Most = 4000;

    /// <summary>What is kept of a message.</summary>
    public static GivenMessage Of(NewMessage message) => new(message.Id, message.From, message.Text.Length <= Most ? message.Text : message.Text[..Most] + " …");
}

/// <summary>The conversation between an agent and its program: a part of the agent's state.</summary>
public sealed record AgentSession
{
    private const int MostLastWords = 2000;

    /// <summary>The program's own id of it.</summary>
    public string? Id { get; init; }

    /// <summary>Something has been said in it, so that there is something to take up again.</summary>
    public bool Used { get; init; }

    /// <summary>The placement that it was begun or taken up with.</summary>
    public Generation Began { get; init; }

    /// <summary>The present program was told to take it up again.</summary>
    public bool Resumed { get; init; }

    /// <summary>The last program ended by itself and not well.</summary>
    public bool Crashed { get; init; }

    /// <summary>What is tried at the present start.</summary>
    public SessionPlan? Plan { get; init; }

    /// <summary>The message that was given last.</summary>
    public GivenMessage? Given { get; init; }

    /// <summary>Its turn is not known to be over.</summary>
    public bool TurnOpen { get; init; }

    /// <summary>The program was seen at work since it was given.</summary>
    public bool Worked { get; init; }

    /// <summary>What stood last on the screen of the program that ended last.</summary>
    public string? LastWords { get; init; }

    /// <summary>It after <paramref name="e"/>, which happens to <paramref name="agent"/>.</summary>
    public AgentSession Folded(Agent agent, Event e) => e switch
    {
        AgentRegistered => new AgentSession(),
        PlacedOnNode placed => this with { Plan = placed.Plan, Resumed = false },
        SessionBegan { How: SessionStart.Resumed } began => this with { Id = began.Session ?? Id, Began = began.Generation, Resumed = true, Crashed = false, Plan = null },
        SessionBegan began => new AgentSession { Id = began.Session, Began = began.Generation },
        SessionSeen seen => this with { Id = seen.Session, Used = Used || seen.Used },
        DeliveryAdvanced { State: MessageState.Typed } when agent.Queue.InFlight is { State: MessageState.Queued } flight
            => this with { Given = GivenMessage.Of(flight.Waiting.Message), TurnOpen = true, Worked = false },
        DeliveryAdvanced { State: MessageState.Submitted or MessageState.Confirmed } advanced => Submitted(agent, advanced),
        DeliveryDeferred deferred when Given?.Id == deferred.Message => this with { TurnOpen = false },
        DeliveryEnded ended when Given?.Id == ended.Message => this with { TurnOpen = false },
        ActivityChanged { Activity: AgentActivity.Working } => this with { Worked = true },
        ActivityChanged { Activity: AgentActivity.Ready or AgentActivity.TurnFailed } when Worked => this with { TurnOpen = false },
        OutputCaptured captured => this with { LastWords = captured.Output.Length <= MostLastWords ? captured.Output : captured.Output[^MostLastWords..] },
        PaneEnded ended => this with { Crashed = ended.State == AgentState.Error || agent.Activity == AgentActivity.Hung || agent.AfterStop is { CutOff: true } },
        _ => this,
    };

    private AgentSession Submitted(Agent agent, DeliveryAdvanced advanced)
        => agent.Queue.InFlight is { State: MessageState.Queued } flight && flight.Waiting.Message.Id == advanced.Message
            ? this with { Used = true, Given = GivenMessage.Of(flight.Waiting.Message), TurnOpen = true, Worked = false }
            : this with { Used = true };
}
