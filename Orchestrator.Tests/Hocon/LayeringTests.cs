using Orchestrator.Hocon;

namespace Orchestrator.Tests.Hocon;

/// <summary>Documents layered over each other, overrides from the command line and the environment, unknown keys.</summary>
public sealed class LayeringTests
{
    [Fact]
    public void The_layers_above_win_and_objects_merge()
    {
        var config = Given.Document("a { x = user }")
            .WithFallback(Given.Document("a { x = node, y = node }"))
            .WithFallback(Given.Document("a { x = ref, y = ref, z = ref }"))
            .Resolve();
        Given.IsJson(config, """{"a":{"x":"user","y":"node","z":"ref"}}""");
    }

    [Theory]
    [InlineData("{ a : { x : 1 } }", "{ a : 42 }", "{ a : { y : 2 } }", """{"a":{"x":1}}""")]
    [InlineData("{ a : { x : 1 } }", "{ a : { y : 2 } }", "{ a : 42 }", """{"a":{"x":1,"y":2}}""")]
    public void Only_adjacent_objects_merge(string first, string second, string third, string json) =>
        Given.IsJson(Given.Document(first).WithFallback(Given.Document(second)).WithFallback(Given.Document(third)).Resolve(), json);

    [Fact]
    public void Substitutions_are_resolved_after_layering()
    {
        var reference = Given.Document("data = /var/lib, log = ${data}/log");
        Given.IsJson(Given.Document("data = /tmp").WithFallback(reference).Resolve(), """{"data":"/tmp","log":"/tmp/log"}""");
    }

    [Fact]
    public void A_layer_may_extend_the_value_of_the_one_below()
    {
        var reference = Given.Document("path = [a], o { x = 1 }, n = 1");
        var user = Given.Document("path = ${path} [b], path += c, o = ${o} { y = 2 }, n = ${n}0");
        Given.IsJson(user.WithFallback(reference).Resolve(), """{"path":["a","b","c"],"o":{"x":1,"y":2},"n":"10"}""");
    }

    [Fact]
    public void An_array_cannot_be_layered() =>
        Assert.Throws<HoconException>(() => Given.Document("[1]").WithFallback(Given.Document("a = 1")));

    [Theory]
    [InlineData("a.b=1", """{"a":{"b":1}}""")]
    [InlineData("a=true", """{"a":true}""")]
    [InlineData("a=null", """{"a":null}""")]
    [InlineData("a=", """{"a":""}""")]
    [InlineData("a=10s", """{"a":"10s"}""")]
    [InlineData("a=two words ", """{"a":"two words "}""")]
    [InlineData("a=http://host:80/x#y", """{"a":"http://host:80/x#y"}""")]
    [InlineData("a=/x//y", """{"a":"/x//y"}""")]
    [InlineData("a=x=y", """{"a":"x=y"}""")]
    [InlineData("a=\"1\"", """{"a":"1"}""")]
    [InlineData("a=[1, {b : 2}]", """{"a":[1,{"b":2}]}""")]
    [InlineData("a={ b : 1 }", """{"a":{"b":1}}""")]
    [InlineData("\"a.b\"=1", """{"a.b":1}""")]
    [InlineData(" a = 1", """{"a":" 1"}""")]
    public void An_override_is_hocon_where_it_looks_like_it_and_else_a_string(string argument, string json) =>
        Given.IsJson(HoconOverrides.Parse([argument]).Resolve(), json);

    [Theory]
    [InlineData("a")]
    [InlineData("=1")]
    [InlineData("a..b=1")]
    [InlineData("a=[1")]
    [InlineData("a=\"x")]
    [InlineData("a={ include \"x\" }")]
    [InlineData("a=[1], b=2")]
    public void A_malformed_override_is_an_error(string argument) =>
        Assert.StartsWith("-D", Assert.Throws<HoconException>(() => HoconOverrides.Parse([argument])).Message, StringComparison.Ordinal);

    [Fact]
    public void Overrides_refer_to_the_configuration_and_append_to_it()
    {
        var file = Given.Document("root = /srv, list = [a], port = 1");
        var config = HoconOverrides.Parse(["dir=${root}/x", "list+=b", "list+=[c]", "port=2", "port=3"]).WithFallback(file).Resolve();
        Given.IsJson(config, """{"root":"/srv","list":["a","b",["c"]],"port":3,"dir":"/srv/x"}""");
    }

    [Fact]
    public void A_wrong_override_is_named_in_the_readers_error() =>
        Assert.StartsWith("-D node.port: node.port is the string \"x\"", Assert.Throws<HoconException>(() => HoconOverrides.Parse(["node.port=x"]).Resolve().GetInt("node.port")).Message, StringComparison.Ordinal);

    [Fact]
    public void Environment_variables_with_the_prefix_are_settings()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ORC_NODE__PORT"] = "1",
            ["ORC_NODE__DATA_DIR"] = "/data",
            ["ORC_HOSTS"] = "[a, b]",
            ["ORC_TOKEN"] = "secret",
            ["PATH"] = "/bin",
        };
        var config = HoconOverrides.FromEnvironment(variables, ignored: ["ORC_TOKEN"]).Resolve();
        Given.IsJson(config, """{"orchestrator":{"hosts":["a","b"],"node":{"data-dir":"/data","port":1}}}""");
        Assert.Equal("environment variable ORC_NODE__PORT", config.Find("orchestrator.node.port")!.Origin.ToString());
    }

    [Theory]
    [InlineData("ORC_")]
    [InlineData("ORC___A")]
    [InlineData("ORC_A__")]
    [InlineData("ORC_A____B")]
    public void An_environment_variable_with_an_empty_key_is_an_error(string name) =>
        Assert.Contains(name, Assert.Throws<HoconException>(() => HoconOverrides.FromEnvironment([KeyValuePair.Create(name, "1")])).Message, StringComparison.Ordinal);

    [Fact]
    public void An_unknown_key_is_reported_with_its_place_and_the_nearest_known_one()
    {
        var reference = Given.Config("orchestrator { node { port = 1, host = h }, limits { agents = 1 } }");
        var actual = HoconParser.Parse("# mine\n\norchestrator.nod.port = 1\norchestrator.node.prot = 2\nlimits.agents = 3\nzzz = 1", new HoconOptions { SourceName = "node.conf" }).Resolve();
        Assert.Equal(
            [
                "unknown key orchestrator.nod.port (node.conf:3:1): did you mean orchestrator.node.port?",
                "unknown key orchestrator.node.prot (node.conf:4:1): did you mean orchestrator.node.port?",
                "unknown key limits.agents (node.conf:5:1): did you mean orchestrator.limits.agents?",
                "unknown key zzz (node.conf:6:1): no known key comes near; remove it or look it up in the reference",
            ],
            UnknownKeys.Find(reference, actual, []).Select(unknown => unknown.ToString()));
    }

    [Fact]
    public void Free_form_paths_may_hold_any_key()
    {
        var reference = Given.Config("agents {}, profiles {}, plain = 1");
        var actual = Given.Config("agents { x { y = 1 } }, profiles { p { environment { A = 1 }, other = 2 } }, plain { deeper = 1 }");
        Assert.Equal(["profiles.p.other"], UnknownKeys.Find(reference, actual, ["agents", "profiles.*.environment"]).Select(unknown => unknown.Path.ToString()));
    }
}
