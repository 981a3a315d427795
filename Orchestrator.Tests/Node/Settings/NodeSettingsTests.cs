using Orchestrator.Actors.Agents;
using Orchestrator.Hocon;
using Orchestrator.Node.Settings;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Node.Settings;

public sealed class NodeSettingsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_setting_has_a_default()
    {
        var settings = Load();
        Assert.Equal(7717, settings.Port);
        Assert.Equal(TimeSpan.FromDays(7), settings.Runtime.DedupeWindow);
        Assert.Equal(200L * 1024 * 1024, settings.Runtime.MinimumFreeDisk);
        Assert.Contains("developer", settings.Roles.Keys);
        Assert.Empty(settings.Warnings);
    }

    [Fact]
    public void The_file_of_the_data_folder_overrides_the_defaults_and_the_command_line_the_file()
    {
        Write("orchestrator.node { name = alpha, port = 8001 }");
        var settings = Load("orchestrator.node.port=8002");
        Assert.Equal(("alpha", 8002), (settings.Name, settings.Port));
    }

    [Fact]
    public void An_unknown_key_is_a_warning_that_says_where_it_stands_and_names_the_nearest_known_one()
    {
        Write("orchestrator {\n  node.prot = 8001\n}");
        var warning = Assert.Single(Load().Warnings);
        Assert.Contains("orchestrator.node.prot", warning, StringComparison.Ordinal);
        Assert.Contains("node.conf:2", warning, StringComparison.Ordinal);
        Assert.Contains("orchestrator.node.port", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void What_messages_are_held_to_is_set_and_checked()
    {
        var rules = Load().Protocol;
        Assert.Equal((TimeSpan.FromSeconds(300), 12, 3, 30, TimeSpan.FromMinutes(10)), (rules.MaximumAge, rules.Talk.Hops, rules.Talk.Exchanges, rules.Talk.PerPair, rules.Talk.Window));
        Assert.Equal(5, Load("orchestrator.protocol.exchanges=5").Protocol.Talk.Exchanges);
        Assert.Contains("use 1 to 1000", Assert.Throws<HoconException>(() => Load("orchestrator.protocol.hops=0")).Message, StringComparison.Ordinal);
        Assert.Contains("use more than 0", Assert.Throws<HoconException>(() => Load("orchestrator.conversations.batch=0s")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Types_of_messages_of_ones_own_are_read_from_the_data_folder_and_a_wrong_one_stops_the_start()
    {
        var path = Path.Combine(_folder.Path, "messages.conf");
        File.WriteAllText(path, "types { review { schema { type = object } } }");
        Assert.NotNull(Load().MessageTypes.Find("review"));
        File.WriteAllText(path, "types { review { schema { type = text } } }");
        Assert.Contains("messages.conf:1", Assert.Throws<HoconException>(() => Load()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Further_roles_are_no_unknown_keys()
    {
        Write("orchestrator.roles.translator.prompt = \"You translate.\"");
        var settings = Load();
        Assert.Empty(settings.Warnings);
        Assert.Equal("You translate.", settings.Roles["translator"].Prompt);
    }

    [Fact]
    public void A_role_is_like_another_one_or_like_the_defaults_where_it_says_nothing_else()
    {
        Write("""
            orchestrator.role-defaults { temperature = 0.2, limits.messages-per-hour = 10 }
            orchestrator.roles.clerk { model = small, limits { queue-length = 5 } }
            orchestrator.roles.night-clerk = ${orchestrator.roles.clerk} { model = tiny }
            """);
        var settings = Load();
        Assert.Empty(settings.Warnings);
        Assert.Equal(("small", 0.2, new RoleLimits(5, 262_144, 10)), Parts("clerk"));
        Assert.Equal(("tiny", 0.2, new RoleLimits(5, 262_144, 10)), Parts("night-clerk"));

        (string?, double?, RoleLimits) Parts(string role) => (settings.Roles[role].Model, settings.Roles[role].Temperature, settings.Roles[role].Limits);
    }

    [Theory]
    [InlineData("orchestrator.roles.qa.modell=big", "modell")]
    [InlineData("orchestrator.roles.qa.temperature=3", "temperature")]
    [InlineData("orchestrator.roles.qa.limits.queue-length=0", "queue-length")]
    [InlineData("orchestrator.roles.qa.limits.messages-per-hour=100000", "messages-per-hour")]
    [InlineData("orchestrator.node.port=70000", "orchestrator.node.port")]
    [InlineData("orchestrator.node.port=many", "orchestrator.node.port")]
    [InlineData("orchestrator.node.address=0.0.0.0", "loopback")]
    [InlineData("orchestrator.node.name=\"a b\"", "orchestrator.node.name")]
    [InlineData("orchestrator.log.level=loud", "orchestrator.log.level")]
    public void What_makes_no_sense_is_an_error_that_names_the_setting(string setting, string named)
        => Assert.Contains(named, Assert.Throws<HoconException>(() => Load(setting)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_broken_file_is_an_error_with_its_place()
    {
        Write("orchestrator {\n  node { port = \n");
        Assert.Contains("node.conf:", Assert.Throws<HoconException>(() => Load()).Message, StringComparison.Ordinal);
    }

    private NodeSettings Load(params string[] overrides) => NodeSettings.Load([$"orchestrator.node.data=\"{_folder.Path}\"", .. overrides]);

    private void Write(string text) => File.WriteAllText(_folder["node.conf"], text);
}
