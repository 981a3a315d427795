using System.Collections.Immutable;

namespace Orchestrator.Actors.Identity;

/// <summary>What an agent may do with the token of its own, as its role says: each is a scope that counts for tokens of agents only, and then only for what is the agent's own.</summary>
public static class AgentPermissions
{
    /// <summary>See the agents of its team.</summary>
    public const string ListTeam = "list_team";

    /// <summary>Send messages, and speak in conversations that it is in.</summary>
    public const string Send = "send";

    /// <summary>Answer messages that it got.</summary>
    public const string Reply = "reply";

    /// <summary>Read messages to and from itself.</summary>
    public const string ReadInbox = "read_inbox";

    /// <summary>Start its own tasks, report on them, end them, review those that name it as the reviewer.</summary>
    public const string OwnTasks = "own_tasks";

    /// <summary>Ask a person.</summary>
    public const string AskPerson = "ask_person";

    /// <summary>Have itself told something later.</summary>
    public const string CheckIn = "check_in";

    /// <summary>Write down what its successor must know.</summary>
    public const string HandOver = "hand_over";

    /// <summary>Add tasks, assign, cancel and review those of its team, whoever does them; and have others told something later.</summary>
    public const string AssignTasks = "assign_tasks";

    /// <summary>What a role may do that does not say otherwise.</summary>
    public static readonly ImmutableArray<string> Default = [ListTeam, Send, Reply, ReadInbox, OwnTasks, AskPerson, CheckIn, HandOver];

    /// <summary>All of them.</summary>
    public static readonly ImmutableArray<string> All = [.. Default, AssignTasks];

    private const string TokenPrefix = "agent/";

    /// <summary>The name of the token of an agent: by it everybody knows who speaks.</summary>
    public static string TokenName(string agent) => TokenPrefix + agent;

    /// <summary>Whether a token of this name is that of an agent.</summary>
    public static bool IsOfAgent(string token) => token.StartsWith(TokenPrefix, StringComparison.Ordinal);
}
