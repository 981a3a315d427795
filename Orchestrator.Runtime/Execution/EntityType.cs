using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Runtime;

/// <summary>A kind of entity, without the type of its state.</summary>
internal abstract class EntityType
{
    public abstract string Name { get; }

    public abstract TimeSpan PassivateAfter { get; }

    /// <summary>Brings an entity to life from its snapshot and events.</summary>
    /// <exception cref="ReplayException">Its history cannot be read by this version.</exception>
    public abstract ValueTask<EntityMemory> ActivateAsync(EntityId id, IJournal journal, CancellationToken cancellationToken);
}

/// <summary>The history of an entity cannot be read or applied: nothing that is sent to it can help.</summary>
internal sealed class ReplayException(string message, Exception? inner) : Exception(message, inner);

/// <inheritdoc/>
internal sealed partial class EntityType<TState>(EntityKind<TState> kind, ManifestTable manifests, EffectsWriter effects, ILogger logger) : EntityType
    where TState : class
{
    private const int PageSize = 1000;
    private bool _snapshotFailed;

    public EntityKind<TState> Kind { get; } = kind;

    public EffectsWriter Effects { get; } = effects;

    public override string Name => Kind.Name;

    public override TimeSpan PassivateAfter => Kind.PassivateAfter;

    public override async ValueTask<EntityMemory> ActivateAsync(EntityId id, IJournal journal, CancellationToken cancellationToken)
    {
        var activated = journal.Clock.Now;
        var history = await journal.ReadEntityAsync(id, Kind.SnapshotManifest, PageSize, cancellationToken);
        var (state, version) = (Kind.Behavior.Empty(id), 0L);
        if (history.Snapshot is { } snapshot)
        {
            try
            {
                state = JsonSerializer.Deserialize<TState>(snapshot.Payload.Span, PayloadJson.Options) ?? throw new JsonException("the snapshot is empty");
                version = history.SnapshotVersion;
            }
            catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException or ArgumentException)
            {
                SnapshotUnreadable(id, e);
                history = history with { SnapshotVersion = 0, Events = await journal.ReadEntityEventsAsync(id, 0, PageSize, cancellationToken) };
            }
        }

        for (var page = history.Events; ; page = await journal.ReadEntityEventsAsync(id, version, PageSize, cancellationToken))
        {
            foreach (var row in page)
            {
                state = Replay(state, row, ++version);
            }

            if (page.Count < PageSize)
            {
                return new EntityMemory<TState>(this, state, version, history.SnapshotVersion) { Marks = history.Marks, Activated = activated };
            }
        }
    }

    /// <summary>The state as it is stored in a snapshot; null if it cannot be written, which costs nothing but a longer replay.</summary>
    public JournalEntry? Snapshot(TState state)
    {
        try
        {
            return new JournalEntry(Kind.SnapshotManifest, JsonSerializer.SerializeToUtf8Bytes(state, PayloadJson.Options));
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException or UnstorableTextException)
        {
            if (!Interlocked.Exchange(ref _snapshotFailed, true))
            {
                SnapshotUnwritable(Name, e);
            }

            return null;
        }
    }

    /// <summary>The state as JSON, for people; null if it cannot be written.</summary>
    public JsonElement? Show(TState state)
    {
        if (Snapshot(state) is not { } entry)
        {
            return null;
        }

        using var document = JsonDocument.Parse(entry.Payload);
        return document.RootElement.Clone();
    }

    private TState Replay(TState state, JournalRow row, long expected)
    {
        try
        {
            if (row.SequenceNumber != expected)
            {
                throw new InvalidDataException($"event {expected} is missing");
            }

            var e = manifests.Read(row.Entry.Manifest, row.Entry.Payload.Span) as Event ?? throw new InvalidDataException($"{row.Entry.Manifest} is no event");
            return Kind.Behavior.Apply(state, e);
        }
        catch (Exception e)
        {
            throw new ReplayException($"event {row.SequenceNumber} ({row.Entry.Manifest}): {e.Message}", e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The snapshot of {Entity} cannot be read; its events are replayed instead")]
    private partial void SnapshotUnreadable(EntityId entity, Exception e);

    [LoggerMessage(Level = LogLevel.Error, Message = "The state of {Kind} cannot be written as a snapshot; its entities replay all their events")]
    private partial void SnapshotUnwritable(string kind, Exception e);
}
