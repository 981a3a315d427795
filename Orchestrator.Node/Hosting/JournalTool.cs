using System.Text.Json;

using Orchestrator.Hocon;
using Orchestrator.Node.Settings;
using Orchestrator.Runtime;

namespace Orchestrator.Node.Hosting;

/// <summary>What <c>orc journal copy</c> does: moves the history of a stopped node to PostgreSQL. Prints JSON.</summary>
internal static class JournalTool
{
    /// <summary>Copies to the database of the connection string, or to that of the settings where it is empty.</summary>
    /// <exception cref="FormatException">The connection string cannot be understood.</exception>
    /// <exception cref="HoconException">No database is named anywhere.</exception>
    /// <exception cref="JournalRefusedException">It cannot be copied; the message says why.</exception>
    public static async Task<int> CopyAsync(NodeSettings settings, string connection)
    {
        var named = connection.Length > 0
            ? PostgresSettings.Named(connection, settings.Name)
            : settings.Postgres is { Connection.Length: > 0 } known ? known : throw new HoconException("say where to: --to CONNECTION, or set orchestrator.store = postgres and orchestrator.postgres.connection");

        // The folder is that of the source, which is locked as such; what is seen now is no lesson for the node that starts later.
        var copied = await JournalCopy.RunAsync(settings.Data, named with { DataFolder = null, SeenFile = null, OpenWithin = TimeSpan.Zero });
        Console.WriteLine(JsonSerializer.Serialize(copied.ToDictionary(static table => table.Name, static table => table.Rows), JsonSerializerOptions.Web));
        return 0;
    }
}
