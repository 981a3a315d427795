using System.Collections.Immutable;

using Microsoft.Data.Sqlite;

using Orchestrator.Node.Profiles;
using Orchestrator.Node.Transcripts;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Node.Transcripts;

/// <summary>The database that OpenCode writes, read by its profile while it is written.</summary>
public sealed class DatabaseLinesTests
{
    private const string Id = "01M81KFJA7DGRQNMSR3CPHGAMR";

    // As OpenCode 1.18.33 makes them, but for columns that nobody reads.
    private const string Schema = """
        CREATE TABLE session (id text PRIMARY KEY);
        CREATE TABLE message (id text PRIMARY KEY, session_id text NOT NULL, time_created integer NOT NULL, time_updated integer NOT NULL, data text NOT NULL);
        CREATE TABLE part (id text PRIMARY KEY, message_id text NOT NULL, session_id text NOT NULL, time_created integer NOT NULL, time_updated integer NOT NULL, data text NOT NULL);
        CREATE INDEX message_session_time_created_id_idx ON message (session_id, time_created, id);
        CREATE INDEX part_message_id_id_idx ON part (message_id, id);
        PRAGMA journal_mode = WAL;
        INSERT INTO session VALUES ('ses_1');
        INSERT INTO message VALUES ('msg_0', 'ses_1', 1000, 1000, '{"role":"user"}');
        INSERT INTO part VALUES ('prt_0', 'msg_0', 'ses_1', 1000, 1000, '{"type":"text","text":"long ago"}');
        """;

    [Fact]
    public void A_turn_is_read_part_by_part_each_once_it_is_complete()
    {
        using var folder = new TemporaryFolder();
        var profile = Profiles.Profiles.All["opencode"];
        var context = new LaunchContext("a", 1, "/repo", "/state", "/bin/orc", ImmutableDictionary<string, string>.Empty.Add("HOME", folder.Path), []);
        var lines = new DatabaseLines(profile.Transcript!.Database!, context, DateTimeOffset.FromUnixTimeMilliseconds(100_000));
        var turns = new TurnReader(profile.Answers!, profile.Envelope);
        Assert.Empty(lines.New(followed: null));

        Directory.CreateDirectory(Path.Combine(folder.Path, ".local/share/opencode"));
        using var program = new SqliteConnection($"Data Source={Path.Combine(folder.Path, ".local/share/opencode/opencode.db")};Pooling=False");
        program.Open();
        Run(program, Schema);
        Assert.Empty(lines.New(followed: null));

        Run(program, $$$"""
            INSERT INTO message VALUES ('msg_1', 'ses_1', 200000, 200000, '{"role":"user"}');
            INSERT INTO part VALUES ('prt_1', 'msg_1', 'ses_1', 200000, 200000, '{"type":"text","text":"[message {{{Id}}} from client:cli] ends with [end 68SUTA]\nhello\n[end 68SUTA] "}');
            INSERT INTO message VALUES ('msg_2', 'ses_1', 200100, 200100, '{"role":"assistant"}');
            INSERT INTO part VALUES ('prt_2', 'msg_2', 'ses_1', 200200, 200200, '{"type":"step-start"}');
            INSERT INTO part VALUES ('prt_3', 'msg_2', 'ses_1', 200200, 200200, '{"type":"text","text":"On the w","time":{"start":200200}}');
            """);
        Assert.Null(Take());
        Assert.Equal((Id, null), (turns.Current?.Message, turns.Current?.Said));

        // A tool that takes long: its message is older than the others by then.
        Run(program, """
            UPDATE part SET data = '{"type":"text","text":"On the way.","time":{"start":200200,"end":200300}}', time_updated = 200300 WHERE id = 'prt_3';
            INSERT INTO part VALUES ('prt_4', 'msg_2', 'ses_1', 200300, 200300, '{"type":"tool","tool":"bash","state":{"status":"running"}}');
            """);
        Assert.Null(Take());
        Assert.Equal("On the way.", turns.Current?.Said?.ToString());
        Run(program, """
            UPDATE part SET data = '{"type":"tool","tool":"bash","state":{"status":"completed","output":"12"}}', time_updated = 900000 WHERE id = 'prt_4';
            INSERT INTO part VALUES ('prt_5', 'msg_2', 'ses_1', 900000, 900000, '{"type":"step-finish","reason":"tool-calls","tokens":{"input":11,"output":3}}');
            """);
        Assert.Null(Take());
        Run(program, """
            INSERT INTO message VALUES ('msg_3', 'ses_1', 900100, 900100, '{"role":"assistant"}');
            INSERT INTO part VALUES ('prt_6', 'msg_3', 'ses_1', 900200, 900200, '{"type":"text","text":"There are 12.\n","time":{"start":900200,"end":900300}}');
            INSERT INTO part VALUES ('prt_7', 'msg_3', 'ses_1', 900300, 900300, '{"type":"step-finish","reason":"stop","tokens":{"input":20,"output":6}}');
            """);
        var over = Take();
        Assert.Equal((Id, "There are 12.\n", "ses_1"), (over?.Message, over?.Said?.ToString(), over?.Session));
        Assert.Equal((20, 31, 9), (over?.TokensIn, over?.TokensSent, over?.TokensOut));
        Assert.Empty(lines.New(followed: null));

        Turn? Take() => lines.New(followed: null).Select(line => turns.Take(line.Line.Text)).LastOrDefault(static turn => turn is not null);
    }

    private static void Run(SqliteConnection connection, string statements)
    {
        using var command = connection.CreateCommand();
        command.CommandText = statements;
        command.ExecuteNonQuery();
    }
}
