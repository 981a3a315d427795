using System.Collections.Immutable;

using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Identity;
using Orchestrator.Node.Profiles;
using Orchestrator.Node.Transcripts;
using Orchestrator.Tests.Node.Profiles;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Node.Transcripts;

/// <summary>What of the transcript of a program is kept when it ends: its own, whole lines, no tokens, for nobody else to read, and not for ever.</summary>
public sealed class KeptTranscriptTests : IDisposable
{
    private const string Session = "0b9e54b6-1111-4222-8333-444455556666";
    private static readonly AgentName Alice = AgentName.Parse("alice");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_is_the_end_of_it_in_whole_lines_without_tokens_in_a_file_of_its_owner_and_says_what_was_left_out()
    {
        var token = Secret.NewToken();
        var last = $"{{\"text\":\"the token is {token}\"}}";
        Write("state/transcript.jsonl", $"first\nsecond, äöü\n{last}\nno end");
        var most = 1 + last.Length + 1 + "no end".Length;
        using var kept = Keeping(most);

        var fact = await KeepAsync(kept, Own(Profiles.Profiles.Demo));

        Assert.Equal((1L, "n1", _folder["state/transcript.jsonl"], (long)"first\nsecond, äöü\n".Length + 3), (fact!.Generation.Value, fact.Node, fact.From, fact.LeftOut));
        var file = _folder["kept/alice/1.transcript"];
        Assert.Equal("{\"text\":\"the token is orc_(redacted)\"}\nno end\n", await File.ReadAllTextAsync(file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(new FileInfo(file).Length, fact.Bytes);

        // Whatever becomes of what the program had.
        File.Delete(_folder["state/transcript.jsonl"]);
        Assert.Equal(["{\"text\":\"the token is orc_(redacted)\"}", "no end"], kept.Read(Alice, new Generation(1))!.Lines.AsEnumerable());
    }

    [Theory]
    [InlineData(12, 0, "first second")]
    [InlineData(13, 0, "first second")]
    [InlineData(11, 6, "second")]
    [InlineData(7, 6, "second")]
    [InlineData(6, 13, "")]
    public void A_limit_in_the_middle_of_a_line_leaves_that_line_out(long most, long leftOut, string lines)
    {
        Write("t", most == 12 ? "first\nsecond" : "first\nsecond\n");
        var end = TranscriptEnd.OfFile(_folder["t"], most)!;
        Assert.Equal((leftOut, lines), (end.LeftOut, string.Join(' ', end.Lines)));
    }

    [Fact]
    public async Task The_last_five_of_an_agent_are_kept_and_others_lose_nothing()
    {
        Write("state/transcript.jsonl", "said\n");
        using var kept = Keeping(1000);
        await kept.KeepAsync(AgentName.Parse("bob"), new Generation(1), Own(Profiles.Profiles.Demo), "n1", DateTimeOffset.UnixEpoch, default);
        for (var generation = 7; generation <= 12; generation++)
        {
            await KeepAsync(kept, Own(Profiles.Profiles.Demo), generation);
        }

        Assert.Equal(["10", "11", "12", "8", "9"], Directory.GetFiles(_folder["kept/alice"]).Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal));
        Assert.Null(kept.Read(Alice, new Generation(7)));
        Assert.NotNull(kept.Read(AgentName.Parse("bob"), new Generation(1)));
    }

    [Fact]
    public async Task Of_a_program_that_puts_all_conversations_into_one_place_only_its_own_is_kept()
    {
        Write($".claude/projects/-repo/{Session}.jsonl", "mine\n");
        Write(".claude/projects/-repo/99999999-1111-4222-8333-444455556666.jsonl", "of somebody else, and newer\n");
        File.SetLastWriteTimeUtc(_folder[$".claude/projects/-repo/{Session}.jsonl"], DateTime.UtcNow.AddHours(-1));
        using var kept = Keeping(1000);
        var claude = Profiles.Profiles.All["claude"];

        Assert.Null(await KeepAsync(kept, Own(claude)));
        Assert.NotNull(await KeepAsync(kept, Own(claude, Session)));
        Assert.Equal("mine", kept.Read(Alice, new Generation(1))!.Lines.Single());
        Assert.NotNull(await KeepAsync(kept, Own(claude, proved: _folder[$".claude/projects/-repo/{Session}.jsonl"]), 2));
        Assert.Equal("mine", kept.Read(Alice, new Generation(2))!.Lines.Single());
    }

    [Fact]
    public async Task Of_a_program_that_has_a_database_the_rows_of_its_conversation_are_kept()
    {
        Directory.CreateDirectory(_folder["state"]);
        await using (var program = new SqliteConnection($"Data Source={_folder["state/talk.db"]};Pooling=False"))
        {
            await program.OpenAsync();
            await using var command = program.CreateCommand();
            command.CommandText = "CREATE TABLE talk (id, at, session, line); INSERT INTO talk VALUES ('1', 1, 'ses_1', 'long ago'), ('2', 2, 'ses_2', 'of another'), ('3', 3, 'ses_1', 'last')";
            await command.ExecuteNonQueryAsync();
        }

        var profile = Written.Profile("""transcript.files = ["{state}/said"], transcript.database { file = "{state}/talk.db", query = "SELECT id, at, session, line FROM talk WHERE at >= @after ORDER BY at" }""");
        using var kept = Keeping(1000);
        Assert.Null(await KeepAsync(kept, Own(profile)));
        await KeepAsync(kept, Own(profile, "ses_1"));
        Assert.Equal(["long ago", "last"], kept.Read(Alice, new Generation(1))!.Lines.AsEnumerable());
        using var little = Keeping("last".Length + 1);
        Assert.Equal("long ago".Length + 1, (await KeepAsync(little, Own(profile, "ses_1")))!.LeftOut);
    }

    [Fact]
    public async Task None_is_kept_where_that_is_switched_off_or_nothing_was_written_or_it_cannot_be_stored()
    {
        using var kept = Keeping(1000);
        Assert.Null(await KeepAsync(kept, Own(Profiles.Profiles.Demo)));
        Assert.Null(await KeepAsync(kept, Own(Profiles.Profiles.Shell)));
        Write("state/transcript.jsonl", "said\n");
        using var off = Keeping(0);
        Assert.Null(await KeepAsync(off, Own(Profiles.Profiles.Demo)));
        Write("kept/alice", "a file where the folder should be");
        Assert.Null(await KeepAsync(kept, Own(Profiles.Profiles.Demo)));
    }

    private KeptTranscripts Keeping(long most) => new(_folder["kept"], most, NullLogger<KeptTranscripts>.Instance);

    private static Task<KeptTranscript?> KeepAsync(KeptTranscripts kept, OwnTranscript own, long generation = 1)
        => kept.KeepAsync(Alice, new Generation(generation), own, "n1", DateTimeOffset.UnixEpoch, CancellationToken.None);

    private OwnTranscript Own(AgentProfile profile, string? session = null, string? proved = null)
        => new(profile, new LaunchContext("alice", 1, "/repo", _folder["state"], "/bin/orc", ImmutableDictionary<string, string>.Empty.Add("HOME", _folder.Path), []), session, proved);

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[path])!);
        File.WriteAllText(_folder[path], text);
    }
}
