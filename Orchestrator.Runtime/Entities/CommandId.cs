using System.Text.Json.Serialization;

namespace Orchestrator.Runtime;

/// <summary>
/// Names one command for ever. A client's id is a <see cref="Ulid"/>-shaped text that carries its time, so that one older than the dedupe window (7 days)
/// can be refused instead of run twice; ids of entities and reminders are made by the runtime: <c>kind/id#number</c>, <c>reminder/…</c>.
/// </summary>
[JsonConverter(typeof(CommandIdConverter))]
public readonly record struct CommandId(string Value)
{
    /// <summary>A new client id that carries the time of <paramref name="time"/>.</summary>
    public static CommandId New(TimeProvider time) => new(Ulid.New(time.GetUtcNow()));

    /// <inheritdoc/>
    public override string ToString() => Value;
}
