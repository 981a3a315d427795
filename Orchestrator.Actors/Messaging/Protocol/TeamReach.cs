using Orchestrator.Actors.Teams;

namespace Orchestrator.Actors.Messaging.Protocol;

/// <summary>How far the words of an agent reach: what one sends to many stays in its own team.</summary>
public static class TeamReach
{
    /// <summary>What is wrong with it that an agent sends a message of this type to this address; null if nothing.</summary>
    /// <param name="sender">The agent.</param>
    /// <param name="type">The type of the message.</param>
    /// <param name="address">Whom it is for; null where routes decide.</param>
    public static ProtocolError? Wrong(Addressee sender, string type, string? address)
    {
        if (type == MessageTypes.Broadcast && (sender.Team is null || address != $"team:{sender.Team}"))
        {
            return new ProtocolError(ProtocolViolation.UnauthorizedSender, sender.Team is null
                ? "you are in no team, so you cannot broadcast: name an agent"
                : $"an agent broadcasts to its own team only: dispatch it to team:{sender.Team}");
        }

        if (sender.Team is not { } team || address is null)
        {
            return null;
        }

        var (kind, name) = MessageRouting.Parts(address);
        var beyond = kind switch
        {
            "team" => name != team,
            "project" => sender.Project is not { } project || ProjectSlug.Spelled(project) != ProjectSlug.Spelled(name),
            _ => false,
        };
        return beyond
            ? new ProtocolError(ProtocolViolation.NotInTouch, $"you are in the team {team}, and what you send to many stays in it, so {address} gets nothing from you: ask {(sender.ReportsTo is { } lead ? $"{lead} or a person" : "a person")} to pass it on, or send it to team:{team}")
            : null;
    }
}
