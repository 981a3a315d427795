using Orchestrator.Actors.Agents;
using Orchestrator.Hocon;
using Orchestrator.Node.Profiles;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Node.Profiles;

public sealed class ProfileCatalogTests
{
    [Fact]
    public void The_profiles_of_the_product_are_understood_to_the_last_key()
    {
        Assert.Equal(["aider", "claude", "codex", "demo", "fake", "fake-hangs", "fake-silent", "gemini", "opencode", "qwen", "shell"], Profiles.All.Names);
        Assert.Empty(Profiles.All.Warnings);
    }

    [Fact]
    public void A_profile_says_only_what_differs_from_the_one_it_inherits()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["mine.conf"], "inherits = qwen\ntyping.settle = 1s\nenvironment.set.QWEN_HOME = \"{state}/qwen\"");

        var mine = ProfileCatalog.Load(Profiles.Shipped, folder.Path)["mine"];

        Assert.Equal(TimeSpan.FromSeconds(1), mine.Typing.Settle);
        Assert.Equal(Profiles.Qwen.Command.ToArray(), mine.Command.ToArray());
        Assert.Equal(Profiles.Qwen.Screen.Rules.Length, mine.Screen.Rules.Length);
        Assert.Equal("en", mine.Environment.Set["QWEN_CODE_LANG"]);
        Assert.Equal("{state}/qwen", mine.Environment.Set["QWEN_HOME"]);
    }

    [Fact]
    public void A_file_in_a_later_folder_takes_the_place_of_its_namesake()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["shell.conf"], "command = [zsh]");

        Assert.Equal(["zsh"], ProfileCatalog.Load(Profiles.Shipped, folder.Path)["shell"].Command.ToArray());
    }

    [Fact]
    public void The_question_to_trust_a_folder_is_answered_only_if_the_profile_says_so()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["trusting.conf"], "inherits = qwen\ntrust-folder = true");

        var answered = Assert.Single(ProfileCatalog.Load(Profiles.Shipped, folder.Path)["trusting"].Dialogs, static dialog => dialog.Answer is not null);

        Assert.Equal(("trust-folder", DialogMeaning.AllowOnce, true), (answered.Name, answered.Answer, answered.OnlyAtStart));
        Assert.DoesNotContain(Profiles.Qwen.Dialogs, static dialog => dialog.Answer is not null);
    }

    [Fact]
    public void An_unknown_key_is_told_of_with_its_place()
    {
        var warnings = new List<string>();
        Written.Profile("typing {\n  setle = 1s\n}", warnings);

        Assert.StartsWith("test.conf:2:3: unknown key typing.setle", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("screen.rules.a { activity = ready, priority = 1, when { txt = x } }", "screen.rules.a.when.txt is unknown")]
    [InlineData("screen.rules.a { activity = redy, priority = 1, when { text = x } }", "screen.rules.a.activity is redy")]
    [InlineData("screen.rules.a { activity = ready, priority = 1, when { in = bottom, text = x } }", "screen.rules.a.when.in is \"bottom\"")]
    [InlineData("screen.rules.a { activity = ready, priority = 1, when { in = after it, text = x } }", "names the anchor it")]
    [InlineData("screen.rules.a { activity = ready, priority = 1, when { regex = \"(\" } }", "is no regular expression")]
    [InlineData("screen.rules.a { activity = ready, priority = 1, when {} }", "says nothing")]
    [InlineData("typing.submit-key = \"Enter; kill-server\"", "which is no key of tmux")]
    [InlineData("typing.max-bytes = 1M", "typing.max-bytes is 1048576 bytes")]
    [InlineData("typing.while-working = hurry", "give one of wait, queue-in-program")]
    [InlineData("command = []", "command is empty")]
    [InlineData("command = [\"{home}/{nothing}\"]", "has the placeholder {nothing}")]
    [InlineData("envelope.opening = \"from {sender}\"", "does not contain {id}")]
    [InlineData("dialogs.a { allow = true, rule = none, keys = [Enter], only-at-start = true, most = 1 }", "which screen.rules does not have")]
    public void What_cannot_be_used_is_refused_with_its_place_and_what_to_do(string text, string problem)
    {
        var e = Assert.Throws<HoconException>(() => Written.Profile(text));

        Assert.Contains(problem, e.Message, StringComparison.Ordinal);
        Assert.StartsWith("test.conf:1:", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("inherits = other", "inherits = mine", "without end")]
    [InlineData("inherits = nothing", "", "inherits from nothing, which does not exist")]
    public void Inheritance_that_leads_nowhere_is_refused(string mine, string other, string problem)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["mine.conf"], mine);
        File.WriteAllText(folder["other.conf"], other + "\ncommand = [x]");

        var e = Assert.Throws<HoconException>(() => ProfileCatalog.Load(Profiles.Shipped, folder.Path));

        Assert.Contains(problem, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_profile_is_refused_with_the_names_there_are()
        => Assert.Contains("aider, claude, codex, demo, fake, fake-hangs, fake-silent, gemini, opencode, qwen, shell", Assert.Throws<KeyNotFoundException>(() => Profiles.All["qwenn"]).Message, StringComparison.Ordinal);
}
