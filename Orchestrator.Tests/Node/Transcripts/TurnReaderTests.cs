using Orchestrator.Node.Profiles;
using Orchestrator.Node.Transcripts;

namespace Orchestrator.Tests.Node.Transcripts;

/// <summary>Transcripts that real programs have written, read by the rules of their profiles.</summary>
public sealed class TurnReaderTests
{
    private const string First = "01M81KFJA7DGRQNMSR3CPHGAMR";
    private const string Second = "01M81KFJA7DGRQNMSR3CPHGAMS";

    [Theory]
    [InlineData("qwen", First, "Hello there friend.\nSecond \"line\" é.", 111, 7)]
    [InlineData("claude", First, "Hello there.\nSecond \"line\" é.", 25, 15)]
    [InlineData("codex", First, "Hello there.\nSecond \"line\" é.", 20, 12)]
    [InlineData("gemini", First, "Hello there.\nSecond \"line\".", 9, 3)]
    [InlineData("qwen", Second, "Hello there friend.\nSecond \"line\" é.", 111, 12)]
    [InlineData("claude", Second, "Hello there.\nSecond \"line\" é.", 25, 30)]
    public void The_answer_is_what_was_said_after_the_last_tool(string program, string id, string said, long tokensIn, long tokensOut)
    {
        var turn = Turns(Profiles.Profiles.All[program], File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Fixtures", "transcripts", $"{program}.jsonl"))).Single(t => t.Message == id);
        Assert.Equal(said, turn.Said?.ToString());
        Assert.Equal((tokensIn, tokensOut), (turn.TokensIn, turn.TokensOut));
    }

    [Fact]
    public void A_text_that_speaks_of_a_message_begins_no_turn_of_it_and_a_turn_that_was_cut_off_has_no_answer()
    {
        string[] lines =
        [
            User($"[message {First} from client:cli] ends with [end 68SUTA]\\nwork\\n[end 68SUTA]"),
            """{"type":"assistant","message":{"parts":[{"text":"I think of it","thought":true},{"text":"On the way."}]}}""",
            """{"type":"tool_result","message":{"parts":[{"functionResponse":{}}]}}""",
            "no JSON",
            User(new string('x', 400) + $"[message {Second} from client:cli] ends with [end 68SUTA]"),
            """{"type":"assistant","message":{"parts":[{"text":"an answer to a person"}]}}""",
        ];
        var turns = Turns(Profiles.Profiles.Qwen, lines).ToList();
        Assert.Equal([First, null], turns.Select(static turn => turn.Message));
        Assert.Equal([null, "an answer to a person"], turns.Select(static turn => turn.Said?.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a..b")]
    [InlineData("a[")]
    [InlineData("a[]b")]
    public void What_is_no_place_is_refused(string text) => Assert.False(JsonPath.TryParse(text, out _));

    private static IEnumerable<Turn> Turns(AgentProfile profile, IEnumerable<string> lines)
    {
        var reader = new TurnReader(profile.Answers!, profile.Envelope);
        foreach (var line in lines)
        {
            if (reader.Take(line) is { } over)
            {
                yield return over;
            }
        }

        if (reader.Current is { } last)
        {
            yield return last;
        }
    }

    private static string User(string text) => """{"type":"user","message":{"role":"user","parts":[{"text":"TEXT"}]}}""".Replace("TEXT", text, StringComparison.Ordinal);
}
