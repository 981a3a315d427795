using Microsoft.Extensions.Configuration;
using Orchestrator.Hocon;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Hocon;

/// <summary>HOCON as a source of Microsoft.Extensions.Configuration.</summary>
public sealed class ConfigurationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Keys_are_flattened_and_bind_to_options()
    {
        File.WriteAllText(_folder["node.conf"], "orchestrator { node { port = 8080, hosts = [a, b], name = ${base}-x, on = true, nothing = null } }, base = n");
        var configuration = new ConfigurationBuilder().AddHoconFile(_folder["node.conf"]).Build();
        Assert.Equal("8080", configuration["orchestrator:node:port"]);
        Assert.Equal("b", configuration["orchestrator:node:hosts:1"]);
        Assert.Null(configuration["orchestrator:node:nothing"]);
        var node = configuration.GetSection("orchestrator:node").Get<NodeOptions>()!;
        Assert.Equal((8080, "n-x", true), (node.Port, node.Name, node.On));
        Assert.Equal(["a", "b"], node.Hosts);
    }

    [Fact]
    public void Later_sources_override_earlier_ones()
    {
        var configuration = new ConfigurationBuilder().AddHocon(Given.Document("a { x = 1, y = 1 }")).AddHocon(Given.Document("a.y = 2")).Build();
        Assert.Equal(("1", "2"), (configuration["a:x"], configuration["A:Y"]));
    }

    [Fact]
    public void A_missing_file_is_an_error_unless_it_is_optional()
    {
        Assert.Empty(new ConfigurationBuilder().AddHoconFile(_folder["none.conf"], optional: true).Build().AsEnumerable());
        Assert.Throws<HoconException>(() => new ConfigurationBuilder().AddHoconFile(_folder["none.conf"]).Build());
    }

    [Fact]
    public void Reloading_reads_the_file_again()
    {
        File.WriteAllText(_folder["node.conf"], "a = 1");
        var configuration = new ConfigurationBuilder().AddHoconFile(_folder["node.conf"]).Build();
        File.WriteAllText(_folder["node.conf"], "a = 2");
        configuration.Reload();
        Assert.Equal("2", configuration["a"]);
    }

    [Fact]
    public void Keys_that_differ_in_capitals_only_are_an_error_that_names_both_places()
    {
        var error = Assert.Throws<HoconException>(() => new ConfigurationBuilder().AddHocon(Given.Document("a = 1\nA = 2")).Build());
        Assert.Contains("test.conf:1:5", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, error.Origin!.Line);
    }

    private sealed class NodeOptions
    {
        public int Port { get; set; }

        public string Name { get; set; } = "";

        public bool On { get; set; }

        public List<string> Hosts { get; set; } = [];
    }
}
