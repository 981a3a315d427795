using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

using Orchestrator.Node.Screens;

namespace Orchestrator.Node.Hooks;

/// <summary>What a program has told by its hooks, or by its transcript.</summary>
/// <param name="Name">The event, as the program names it.</param>
/// <param name="Meaning">What it means by the profile; null if the profile does not say.</param>
/// <param name="At">When it happened.</param>
/// <param name="Fields">Its plain fields.</param>
internal sealed record HookEvent(string Name, HookMeaning? Meaning, DateTimeOffset At, ImmutableDictionary<string, string> Fields)
{
    private const int MostName = 64;

    /// <summary>Where it was told: <c>hook</c>, or <c>transcript</c> if the program has written it down.</summary>
    public string Source { get; init; } = "hook";

    /// <summary>What the program does since; null if the event does not say.</summary>
    public ScreenActivity? Activity => Meaning?.Activity;

    /// <summary>The same for an agent whose conversation this is; where the event is of another one, or nobody can tell yet, it says nothing.</summary>
    public HookEvent For(string? session)
        => Meaning is { SessionField: { } field } && (session is null || Fields.GetValueOrDefault(field) != session) ? this with { Meaning = null } : this;

    /// <summary>Reads an event by the rules of a profile; null if it has no name.</summary>
    public static HookEvent? Read(ReadOnlySpan<byte> json, HookRules rules, DateTimeOffset at)
    {
        var fields = HookPayload.Read(json);
        if (fields is null || !fields.TryGetValue(rules.EventField, out var name) || name.Length is 0 or > MostName || name.Any(static c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-')))
        {
            return null;
        }

        var meaning = rules.Facts.FirstOrDefault(fact => fact.Event == name && fact.Where.All(where => fields.TryGetValue(where.Key, out var value) && where.Value.IsMatch(value)));
        return new HookEvent(name, meaning, at, fields);
    }
}

/// <summary>Reads the plain fields at the top of a JSON object, as far as it goes: of a long event only the beginning comes.</summary>
internal static class HookPayload
{
    private const int MostText = 4096;
    private const int MostFields = 100;

    /// <summary>The fields; null if it is no JSON object.</summary>
    public static ImmutableDictionary<string, string>? Read(ReadOnlySpan<byte> json)
    {
        var fields = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var reader = new Utf8JsonReader(json, isFinalBlock: false, default);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            while (fields.Count < MostFields && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                if (!reader.Read())
                {
                    break;
                }

                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                {
                    if (!reader.TrySkip())
                    {
                        break;
                    }
                }
                else
                {
                    var text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : Encoding.UTF8.GetString(reader.ValueSpan);
                    fields[name] = text.Length <= MostText ? text : text[..MostText];
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // What came before the fault is not made wrong by it.
            return fields.Count == 0 ? null : fields.ToImmutable();
        }

        return fields.ToImmutable();
    }
}
