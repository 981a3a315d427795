using System.Net;
using System.Net.Http.Json;

namespace Orchestrator.Tests.Programs.Model;

public sealed class ScriptedModelServerTests : IAsyncLifetime
{
    private readonly HttpClient _client = new();
    private ScriptedModelServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await ScriptedModelServer.Start();
        _server.IsTurn = static request => request.Instructions.StartsWith(Turn, StringComparison.Ordinal);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_message_is_kept_byte_for_byte_without_the_reminders_beside_it_and_answered_with_its_id()
    {
        const string Text = "[message abc from dev]\nquotes \" ' ; #{x} 日本語 🎉\t/end";

        var answer = await Stream(User("<system-reminder>\nToday is a day.", Text));

        var message = await _server.WaitForMessage("abc");
        Assert.Equal(Text, message.Text);
        Assert.Equal(2, message.Parts.Length);
        Assert.Contains("abc.", answer, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", answer, StringComparison.Ordinal);
        Assert.Empty(_server.Problems);
    }

    [Fact]
    public async Task A_history_that_is_sent_again_is_no_new_message_but_a_message_given_twice_is()
    {
        await Stream(User("one"));
        await Stream(User("one"));
        await Stream(User("one"), User("two"));
        await Stream(User("one"), User("two"), User("two"));

        Assert.Equal(["one", "two", "two"], _server.Messages.Select(message => message.Text));
    }

    [Fact]
    public async Task A_request_of_the_program_itself_is_no_turn()
    {
        await Post("You name conversations.", false, User("one"));

        Assert.Empty(_server.Messages);
        Assert.Equal(1, _server.SideRequests);
    }

    [Fact]
    public async Task A_script_can_limit_fail_and_then_answer()
    {
        _server.Script = turn => turn.Attempt switch
        {
            1 => new ModelScript.RateLimit(TimeSpan.FromSeconds(7)),
            2 => new ModelScript.Fail(500, "broken"),
            _ => new ModelScript.Answer("at last"),
        };

        using var limited = await Post(Turn, true, User("x"));
        using var failed = await Post(Turn, true, User("x"));
        using var answered = await Post(Turn, true, User("x"));

        Assert.Equal(HttpStatusCode.TooManyRequests, limited.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(7), limited.Headers.RetryAfter!.Delta);
        Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
        Assert.Single(_server.Messages);
    }

    [Fact]
    public async Task A_turn_lasts_until_the_test_ends_it()
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _server.Script = _ => new ModelScript.Talk(end.Task, TimeSpan.FromMilliseconds(5));

        var answer = Stream(User("talk"));
        await _server.WaitForMessage("talk");
        Assert.False(answer.IsCompleted);
        end.SetResult();

        Assert.Contains("word0", await answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_never_comes_is_named_together_with_what_did()
    {
        await Stream(User("something else"));

        var e = await Assert.ThrowsAsync<TimeoutException>(() => _server.WaitForMessage("lost", TimeSpan.FromMilliseconds(50)));

        Assert.Contains("lost", e.Message, StringComparison.Ordinal);
        Assert.Contains("something else", e.Message, StringComparison.Ordinal);
    }

    private const string Turn = "You are Qwen Code, an interactive CLI agent, and more.";

    private static object User(params string[] parts)
        => new { role = "user", content = parts.Select(text => new { type = "text", text }).ToArray() };

    private async Task<string> Stream(params object[] messages)
    {
        using var response = await Post(Turn, true, messages);
        return await response.Content.ReadAsStringAsync();
    }

    private Task<HttpResponseMessage> Post(string system, bool stream, params object[] messages)
        => _client.PostAsJsonAsync(
            $"{_server.BaseUrl}/chat/completions",
            new { model = "scripted", stream, messages = messages.Prepend(new { role = "system", content = system }) });
}
