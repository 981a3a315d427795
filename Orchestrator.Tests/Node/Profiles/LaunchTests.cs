using Orchestrator.Node.Profiles;
using Orchestrator.Node.Screens;

namespace Orchestrator.Tests.Node.Profiles;

public sealed class LaunchTests
{
    private static readonly LaunchContext Context = new(
        "alice",
        7,
        "/work folder",
        "/state",
        "/bin/orc",
        new Dictionary<string, string>(StringComparer.Ordinal) { ["HOME"] = "/home/a", ["PATH"] = "/bin", ["CI_JOB"] = "1", ["SECRET"] = "x", ["OPENAI_API_KEY"] = "k" },
        ["--more", "{agent}"]);

    [Fact]
    public void A_program_gets_the_allowed_part_of_the_environment_and_who_it_is()
    {
        var environment = Launch.Of(Profiles.Qwen, Context).Environment;

        Assert.Equal(["HOME", "OPENAI_API_KEY", "ORC_AGENT", "ORC_GENERATION", "PATH", "QWEN_CODE_LANG"], environment.Keys);
        Assert.Equal("alice", environment["ORC_AGENT"]);
        Assert.Equal("7", environment["ORC_GENERATION"]);
    }

    [Fact]
    public void Placeholders_are_filled_in_the_profiles_words_and_left_alone_in_the_agents()
    {
        Assert.Equal(["/bin/orc", "demo-agent", "--transcript", "/state/transcript.jsonl", "--more", "{agent}"], Launch.Of(Profiles.Demo, Context).Command.ToArray());
        Assert.Equal(["qwen", "--approval-mode", "default", "--resume", "s1", "--more", "{agent}"], Launch.Of(Profiles.Qwen, Context with { Session = "s1" }, resume: true).Command.ToArray());
        Assert.Equal(["qwen", "--approval-mode", "default", "--session-id", "s2", "--more", "{agent}"], Launch.Of(Profiles.Qwen, Context with { Session = "s2" }).Command.ToArray());
    }

    [Fact]
    public void A_shell_is_ready_while_it_has_the_foreground_and_working_while_something_it_started_has()
    {
        ScreenActivity Reading(AgentProfile profile, string command)
            => profile.Read(ScreenSnapshot.FromCapture("$ \n", new PaneFacts { CurrentCommand = command })).Activity;

        Assert.Equal(ScreenActivity.Ready, Reading(Profiles.Shell, "bash"));
        Assert.Equal(ScreenActivity.Ready, Reading(Profiles.Shell, "-bash"));
        Assert.Equal(ScreenActivity.Working, Reading(Profiles.Shell, "make"));
        Assert.Equal(ScreenActivity.Working, Reading(Profiles.Shell, "sh"));
        var python = Profiles.Shell.WithCommand(["/usr/bin/python3", "-i"]);
        Assert.Equal(ScreenActivity.Ready, Reading(python, "python3"));
        Assert.Equal(ScreenActivity.Working, Reading(python, "bash"));
    }

    [Theory]
    [InlineData("0.24.4", true)]
    [InlineData("qwen 0.24.11\n", true)]
    [InlineData("0.25.0", false)]
    public void A_version_that_was_not_tried_is_known_as_such(string printed, bool known)
        => Assert.Equal(known, Profiles.Qwen.Version.Knows(printed));
}
