using Npgsql;

namespace Orchestrator.Runtime;

/// <content>Which write was in the way.</content>
internal sealed partial class PostgresBatch
{
    /// <summary>After a unique violation or a row that is gone: which write it was.</summary>
    public WriteRejectedException? Culprit(NpgsqlConnection connection)
    {
        const string Gone = "SELECT min(w.ix) FROM unnest(@rows, @ix) AS w(ordering, ix) WHERE NOT EXISTS (SELECT 1 FROM inbox i WHERE i.ordering = w.ordering)";
        const string Known = "SELECT min(w.ix) FROM unnest(@entity, @id, @ix) AS w(entity, id, ix) JOIN processed p ON p.command_id = w.id COLLATE \"C\" AND p.persistence_id = w.entity COLLATE \"C\"";
        const string Moved = "SELECT min(w.ix) FROM unnest(@entity, @number, @ix) AS w(entity, number, ix) JOIN journal j ON j.persistence_id = w.entity COLLATE \"C\" AND j.sequence_number = w.number";
        int?[] found =
        [
            Find(connection, Gone, ("rows", _gone.Ordering), ("ix", _gone.Index)),
            Find(connection, Known, ("entity", _processed.Entity), ("id", _processed.Id), ("ix", _processed.Index)),
            Find(connection, Moved, ("entity", _events.Entity), ("number", _events.Number), ("ix", _events.Index)),
        ];
        return found.Min() is not { } index ? null : new WriteRejectedException(index, found[2] == index && found[0] != index && found[1] != index ? RejectionReason.SequenceConflict : RejectionReason.Duplicate);
    }

    private static int? Find(NpgsqlConnection connection, string sql, params (string Name, object Values)[] parameters)
    {
        using var command = new NpgsqlCommand(sql, connection);
        foreach (var (name, values) in parameters)
        {
            command.Parameters.AddWithValue(name, values);
        }

        return command.ExecuteScalar() as int?;
    }
}
