using Orchestrator.Node.Profiles;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Node.Profiles;

public sealed class TranscriptSearchTests : IDisposable
{
    private const string Seal = "SEAL22";

    private readonly TemporaryFolder _folder = new();
    private readonly string _file;
    private readonly LaunchContext _context;

    public TranscriptSearchTests()
    {
        Directory.CreateDirectory(_folder[".qwen/projects/-repo/chats"]);
        _file = _folder[".qwen/projects/-repo/chats/1.jsonl"];
        _context = new LaunchContext("a", 1, "/", _folder.Path, "orc", new Dictionary<string, string>(StringComparer.Ordinal) { ["HOME"] = _folder.Path }, []);
    }

    private static TranscriptRules Rules => Profiles.Qwen.Transcript!;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_line_of_the_user_with_the_id_proves_the_message()
    {
        var search = TranscriptSearch.FromNow(Rules, _context);
        Assert.Null(search.Find("m1", Seal));
        Append(User("[message m1 from x] ends with [end SEAL22]\\nhello"));

        var line = search.Find("m1", Seal);

        Assert.Equal(_file, line!.File);
        Assert.Equal(0, line.Offset);
        Assert.Equal(line, search.Find("m1", Seal));
    }

    [Fact]
    public void What_the_model_says_about_an_id_proves_nothing()
    {
        var search = TranscriptSearch.FromNow(Rules, _context);
        Append("""{"uuid":"1","type":"assistant","message":{"role":"model","parts":[{"text":"Received m1."}]}}""");
        Append("""{"uuid":"2","type":"system","systemPayload":{"uiEvent":{"response_text":"\"type\":\"user\" m1"}}}""");

        Assert.Null(search.Find("m1", Seal));
    }

    [Fact]
    public void A_message_that_speaks_of_another_ones_id_is_not_its_proof()
    {
        var search = TranscriptSearch.FromNow(Rules, _context);
        Append(User("[message m2 from x] ends with [end SEAL33]\\nhave you got [message m1 from x]?\\n[end SEAL33]"));
        Assert.Null(search.Find("m1", Seal));
        Append(User("[message m1 from x] ends with [end SEAL22]\\nhello\\n[end SEAL22]"));

        Assert.NotNull(search.Find("m1", Seal));
    }

    [Fact]
    public void A_line_that_is_being_written_is_found_when_it_is_whole()
    {
        var search = TranscriptSearch.FromNow(Rules, _context);
        var line = User("[message m1 from x] ends with [end SEAL22]");
        File.AppendAllText(_file, line[..40]);
        Assert.Null(search.Find("m1", Seal));
        File.AppendAllText(_file, line[40..] + "\n");

        Assert.NotNull(search.Find("m1", Seal));
    }

    [Fact]
    public void What_was_written_before_is_no_proof_for_now_but_is_found_from_the_beginning()
    {
        Append(User("[message m1 from x] ends with [end SEAL22]"));

        Assert.Null(TranscriptSearch.FromNow(Rules, _context).Find("m1", Seal));
        Assert.NotNull(TranscriptSearch.FromTheBeginning(Rules, _context, DateTimeOffset.MinValue).Find("m1", Seal));
        Assert.Null(TranscriptSearch.FromTheBeginning(Rules, _context, TimeProvider.System.GetUtcNow().AddHours(1)).Find("m1", Seal));
    }

    [Fact]
    public void A_transcript_that_begins_later_is_read_too()
    {
        var search = TranscriptSearch.FromNow(Rules, _context);
        Directory.CreateDirectory(_folder[".qwen/projects/-other/chats"]);
        File.WriteAllText(_folder[".qwen/projects/-other/chats/2.jsonl"], User("[message m2 from x] ends with [end SEAL22]") + "\n");

        Assert.NotNull(search.Find("m2", Seal));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(300)]
    public void A_file_that_is_written_anew_without_its_oldest_lines_is_read_from_its_beginning(int longer)
    {
        string Line(int number) => User($"[message old{number} from x] ends with [end SEAL22]\\nhello {new string('x', number * 10)}");
        File.WriteAllLines(_file, Enumerable.Range(1, 5).Select(Line));
        var search = TranscriptSearch.FromNow(Rules, _context);
        Assert.Null(search.Find("m1", Seal));

        File.WriteAllLines(_file, [.. Enumerable.Range(2, 4).Select(Line), User($"[message m1 from x] ends with [end SEAL22]\\n{new string('y', longer)}")]);

        Assert.NotNull(search.Find("m1", Seal));
        Assert.Null(search.Find("m2", Seal));
        Append(User("[message m2 from x] ends with [end SEAL22]"));
        Assert.NotNull(search.Find("m2", Seal));
    }

    private static string User(string text)
        => """{"uuid":"1","parentUuid":null,"type":"user","provenance":"real_user","version":"0.24.4","message":{"role":"user","parts":[{"text":"TEXT"}]}}"""
            .Replace("TEXT", text, StringComparison.Ordinal);

    private void Append(string line) => File.AppendAllText(_file, line + "\n");
}
