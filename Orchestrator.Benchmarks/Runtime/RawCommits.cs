using System.Diagnostics;
using System.Globalization;
using Orchestrator.Runtime;

namespace Orchestrator.Benchmarks.Runtime;

/// <summary>What the disk and SQLite give: one row and one flushed commit after the other, nothing else.</summary>
internal static class RawCommits
{
    public static double Measure(TimeSpan duration)
    {
        var folder = Directory.CreateTempSubdirectory("orc-raw-").FullName;
        try
        {
            using var database = new SqliteDatabase(Path.Combine(folder, "raw.db"), readOnly: false);
            database.Scalar("PRAGMA journal_mode=WAL");
            database.Execute("PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=8000; CREATE TABLE rows(id INTEGER PRIMARY KEY, text TEXT NOT NULL)");

            // A log that grows is flushed more slowly than one that is written over, as it is most of the time: let it reach its size first.
            database.Execute("BEGIN");
            for (var row = 0; row < 9000; row++)
            {
                database.Prepare("INSERT INTO rows(text) VALUES(?)").Bind(1, new string('x', 4000)).Run();
            }

            database.Execute("COMMIT; PRAGMA wal_checkpoint(RESTART)");
            var watch = Stopwatch.StartNew();
            var count = 0L;
            for (; watch.Elapsed < duration; count++)
            {
                database.Prepare("BEGIN IMMEDIATE").Run();
                database.Prepare("INSERT INTO rows(text) VALUES(?)").Bind(1, """{"by":1}""" + count.ToString(CultureInfo.InvariantCulture)).Run();
                database.Prepare("COMMIT").Run();
            }

            return count / watch.Elapsed.TotalSeconds;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
