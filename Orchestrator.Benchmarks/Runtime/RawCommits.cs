using System.Diagnostics;
using System.Globalization;
using Orchestrator.Runtime;

namespace Orchestrator.Benchmarks.Runtime;

/// <summary>What the disk and SQLite with its own defaults give: one row and one flushed commit after the other, nothing else.</summary>
internal sealed class RawCommits : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("orc-raw-").FullName;
    private readonly SqliteDatabase _database;
    private long _count;

    public RawCommits()
    {
        _database = new SqliteDatabase(Path.Combine(_folder, "raw.db"), readOnly: false);
        _database.Scalar("PRAGMA journal_mode=WAL");
        _database.Execute("PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=8000; CREATE TABLE rows(id INTEGER PRIMARY KEY, text TEXT NOT NULL)");

        // A log that grows is flushed more slowly than one that is written over, as it is most of the time: let it reach its size first.
        _database.Execute("BEGIN");
        for (var row = 0; row < 9000; row++)
        {
            _database.Prepare("INSERT INTO rows(text) VALUES(?)").Bind(1, new string('x', 4000)).Run();
        }

        _database.Execute("COMMIT; PRAGMA wal_checkpoint(RESTART)");
    }

    /// <summary>Commits for so long; returns how many a second.</summary>
    public double Measure(TimeSpan duration)
    {
        var watch = Stopwatch.StartNew();
        var before = _count;
        for (; watch.Elapsed < duration; _count++)
        {
            _database.Prepare("BEGIN IMMEDIATE").Run();
            _database.Prepare("INSERT INTO rows(text) VALUES(?)").Bind(1, """{"by":1}""" + _count.ToString(CultureInfo.InvariantCulture)).Run();
            _database.Prepare("COMMIT").Run();
        }

        return (_count - before) / watch.Elapsed.TotalSeconds;
    }

    public void Dispose()
    {
        _database.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
