using System.Collections.Immutable;
using System.Text.Json;

namespace Orchestrator.Client;

/// <summary>One event of the history, the data of a server-sent event; its <c>id</c> is the position.</summary>
/// <param name="Position">The position in the order for readers.</param>
/// <param name="Entity">Whose it is: <c>kind/id</c>.</param>
/// <param name="SequenceNumber">Its number within the entity, from 1.</param>
/// <param name="At">When it was committed.</param>
/// <param name="Type">Its manifest, for example <c>agent.registered.v1</c>.</param>
/// <param name="Data">Its payload.</param>
public sealed record EventInfo(long Position, string Entity, long SequenceNumber, DateTimeOffset At, string Type, JsonElement Data);

/// <summary>This node.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">The version of the program.</param>
/// <param name="Address">The address of its API.</param>
/// <param name="DataFolder">Where its data lies.</param>
/// <param name="TmuxSocket">The socket of its tmux server.</param>
/// <param name="TmuxServerPid">The process id of its tmux server; null while there is none.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="Health">ready, or what is wrong.</param>
public sealed record NodeInfo(string Name, string Version, string Address, string DataFolder, string TmuxSocket, int? TmuxServerPid, DateTimeOffset StartedAt, string Health);

/// <summary>A command that could not be processed and was set aside.</summary>
public sealed record DeadLetterInfo(long Id, string To, string CommandId, string Sender, string Manifest, string Payload, string Reason, int Attempts, DateTimeOffset At);

/// <summary>A command that waits in an entity's inbox.</summary>
public sealed record InboxRowInfo(long Id, string To, string CommandId, string Sender, string Manifest, DateTimeOffset At);

/// <summary>A profile that agents can be spawned with.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Command">What is run.</param>
/// <param name="CommandReplaceable">Whether an agent may be given a command of its own.</param>
/// <param name="Installed">Whether the program is there.</param>
/// <param name="Answers">Whether answers can be read from what the program writes down.</param>
/// <param name="Confirms">Whether what the program writes down can prove that it has a message; if not, no message to it is ever confirmed.</param>
public sealed record ProfileInfo(string Name, string Description, ImmutableArray<string> Command, bool CommandReplaceable, bool Installed, bool Answers = false, bool Confirms = true);

/// <summary>One check of the machine: ok, warn or fail, what was found and what to do.</summary>
public sealed record DoctorCheck(string Name, string Result, string Found, string? Advice);

/// <summary>The one-time set-up code, to be exchanged for a first administrator's token.</summary>
public sealed record SetupRequest(string Code, string Name);

/// <summary>A token, shown this once.</summary>
public sealed record TokenInfo(string Token, string Name, ImmutableArray<string> Scopes);

/// <summary>An error (RFC 9457 problem details).</summary>
/// <param name="Title">What kind of error.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What is wrong and what to do.</param>
/// <param name="Code">A stable code: not-found, already-exists, illegal-state, invalid, overloaded, unauthorized, forbidden, unavailable …</param>
/// <param name="Violation">For a message: the rule of the protocol that it violates.</param>
public sealed record ProblemInfo(string Title, int Status, string? Detail, string? Code, string? Violation = null);
