using System.Text.Json;

namespace Orchestrator.Tests.Cli;

/// <summary><c>orc profile</c>, without a node.</summary>
public sealed class ProfileCommandsTests : IDisposable
{
    private readonly Orc _orc = new();

    public ProfileCommandsTests()
    {
        _orc.Environment["ORC_NODE_PROGRAM"] = Path.Combine(AppContext.BaseDirectory, "orchestrator-node");
        _orc.Environment["ORC_DATA"] = _orc.Home;
        Directory.CreateDirectory(Path.Combine(_orc.Home, "agents"));
    }

    public void Dispose() => _orc.Dispose();

    [Fact]
    public async Task Saved_screens_are_read_by_what_they_show_and_never_by_their_names()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Fixtures", "screens", "codex");
        var approval = Directory.GetFiles(folder, "awaiting_approval__codex-24-*.txt").Single();
        var misnamed = Path.Combine(_orc.Home, "ready__screen.txt");
        File.Copy(approval, misnamed);

        using var json = JsonDocument.Parse((await _orc.RunAsync("profile", "test", "codex", approval, misnamed, "--json")).Expect(0));

        var (known, bare) = (json.RootElement[0], json.RootElement[1]);
        Assert.Equal((approval, "awaiting_approval"), (known.GetProperty("file").GetString(), known.GetProperty("activity").GetString()));
        Assert.True(known.GetProperty("pane").GetBoolean());
        Assert.True(known.GetProperty("colours").GetBoolean());
        Assert.Contains("title: ", known.GetProperty("evidence").GetString(), StringComparison.Ordinal);
        Assert.Equal((misnamed, "awaiting_approval"), (bare.GetProperty("file").GetString(), bare.GetProperty("activity").GetString()));
        Assert.False(bare.GetProperty("pane").GetBoolean());
        Assert.False(bare.GetProperty("colours").GetBoolean());
        Assert.Equal(known.GetProperty("rules").GetArrayLength(), bare.GetProperty("rules").GetArrayLength());

        var table = (await _orc.RunAsync("profile", "test", "codex", misnamed)).Expect(0);
        Assert.Contains("awaiting_approval", table, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_read_is_named_and_fails()
    {
        var screen = Path.Combine(_orc.Home, "screen.txt");
        await File.WriteAllTextAsync(screen, "> \n");

        Assert.Contains("there is no profile qwenn: known are aider, claude", (await Failed("profile", "test", "qwenn", screen)).Errors, StringComparison.Ordinal);
        Assert.Contains("there is no screen nowhere.txt", (await Failed("profile", "test", "qwen", screen, "nowhere.txt")).Errors, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(_orc.Home, "screen.vars.json"), "no json");
        Assert.Contains("screen.vars.json holds no JSON object", (await Failed("profile", "test", "qwen", screen)).Errors, StringComparison.Ordinal);
        Assert.Contains("there is no profile nobody", (await Failed("profile", "show", "nobody")).Errors, StringComparison.Ordinal);
        Assert.Contains("leave --url out", (await _orc.RunAsync("profile", "ls", "--url", "http://localhost:1")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_says_where_what_is_wrong_and_which_rules_can_never_decide()
    {
        var odd = Path.Combine(_orc.Home, "odd.conf");
        await File.WriteAllTextAsync(odd, """
            inherits = qwen
            typping.settle = 1s
            screen.rules.beaten { activity = ready, priority = 1, when { in-mode = true, text = x } }
            screen.rules.lost { activity = ready, priority = 2, when { composer = absent, in = prompt-box, text = x } }
            """);
        var broken = Path.Combine(_orc.Home, "broken.conf");
        await File.WriteAllTextAsync(broken, "inherits = qwen\ntyping.settle = soon\n");

        var said = (await _orc.RunAsync("profile", "check", odd)).Expect(0);
        Assert.Contains($"{odd}:2:1: unknown key typping", said, StringComparison.Ordinal);
        Assert.Contains($"{odd}:3:21: the rule beaten never decides: whenever it holds, copy-mode holds too", said, StringComparison.Ordinal);
        Assert.Contains($"{odd}:4:19: the rule lost never holds: without an input there is no prompt-box", said, StringComparison.Ordinal);

        using var json = JsonDocument.Parse((await _orc.RunAsync("profile", "check", broken, "qwen", "--json")).Expect(1));
        var finding = json.RootElement[0].GetProperty("findings")[0];
        Assert.False(json.RootElement[0].GetProperty("usable").GetBoolean());
        Assert.Equal((broken, 2), (finding.GetProperty("file").GetString(), finding.GetProperty("line").GetInt32()));
        Assert.Contains("duration", finding.GetProperty("problem").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, json.RootElement[1].GetProperty("findings").GetArrayLength());
    }

    [Fact]
    public async Task Nothing_is_wrong_with_the_profiles_of_the_product()
    {
        using var json = JsonDocument.Parse((await _orc.RunAsync("profile", "check", "--json")).Expect(0));

        Assert.All(json.RootElement.EnumerateArray(), static check => Assert.Equal(0, check.GetProperty("findings").GetArrayLength()));
    }

    [Fact]
    public async Task A_profile_of_the_data_folder_is_listed_and_shown_with_all_it_inherits()
    {
        await File.WriteAllTextAsync(Path.Combine(_orc.Home, "agents", "mine.conf"), "inherits = codex\ndescription = \"My codex\"\ntyping.settle = 1s\n");

        Assert.Contains("My codex", (await _orc.RunAsync("profile", "ls")).Expect(0), StringComparison.Ordinal);
        var shown = (await _orc.RunAsync("profile", "show", "mine")).Expect(0);
        Assert.Contains("# mine.conf:3:", shown, StringComparison.Ordinal);
        Assert.Contains("# codex.conf:", shown, StringComparison.Ordinal);
        Assert.Contains("# base.conf:", shown, StringComparison.Ordinal);
        using var json = JsonDocument.Parse((await _orc.RunAsync("profile", "show", "mine", "--json")).Expect(0));
        Assert.Equal(["codex", "base"], json.RootElement.GetProperty("inherits").EnumerateArray().Select(static name => name.GetString()));
        Assert.Equal("1s", json.RootElement.GetProperty("profile").GetProperty("typing").GetProperty("settle").GetString());
    }

    private async Task<Orc.Result> Failed(params string[] arguments)
    {
        var result = await _orc.RunAsync(arguments);
        Assert.Equal(1, result.ExitCode);
        return result;
    }
}
