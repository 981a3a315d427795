using Orchestrator.Hocon;

namespace Orchestrator.Tests.Hocon;

/// <summary>The specification's recommendations for reading values, and the errors of the readers.</summary>
public sealed class ReaderTests
{
    [Theory]
    [InlineData("42", "42")]
    [InlineData("1e5", "1e5")]
    [InlineData("true", "true")]
    [InlineData("text", "text")]
    public void Numbers_and_booleans_are_read_as_strings(string value, string expected) =>
        Assert.Equal(expected, Given.Config($"a = {value}").GetString("a"));

    [Theory]
    [InlineData("\"42\"", 42)]
    [InlineData("42.0", 42)]
    [InlineData("1e3", 1000)]
    [InlineData("-7", -7)]
    public void Strings_are_read_as_numbers(string value, int expected)
    {
        Assert.Equal(expected, Given.Config($"a = {value}").GetInt("a"));
        Assert.Equal(expected, Given.Config($"a = {value}").GetLong("a"));
        Assert.Equal(expected, Given.Config($"a = {value}").GetDouble("a"));
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("yes", true)]
    [InlineData("on", true)]
    [InlineData("\"true\"", true)]
    [InlineData("false", false)]
    [InlineData("no", false)]
    [InlineData("off", false)]
    public void Six_words_are_booleans(string value, bool expected) => Assert.Equal(expected, Given.Config($"a = {value}").GetBoolean("a"));

    [Theory]
    [InlineData("2147483648")]
    [InlineData("1.5")]
    [InlineData("abc")]
    [InlineData("\"\"")]
    [InlineData("\"0x10\"")]
    [InlineData("007")]
    [InlineData("true")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("{ b : 1 }")]
    public void What_is_no_whole_number_is_not_read_as_one(string value) =>
        Assert.Throws<HoconException>(() => Given.Config($"a = {value}").GetInt("a"));

    [Theory]
    [InlineData("1")]
    [InlineData("TRUE")]
    [InlineData("null")]
    [InlineData("[]")]
    public void What_is_no_boolean_is_not_read_as_one(string value) =>
        Assert.Throws<HoconException>(() => Given.Config($"a = {value}").GetBoolean("a"));

    [Fact]
    public void Null_objects_and_arrays_are_not_strings()
    {
        var config = Given.Config("a = null, b = {}, c = []");
        Assert.All(["a", "b", "c"], path => Assert.Throws<HoconException>(() => config.GetString(path)));
    }

    [Fact]
    public void Try_answers_false_for_what_is_not_set_or_null_and_fails_for_what_is_wrong()
    {
        var config = Given.Config("n = null, x = abc");
        Assert.False(config.TryGetInt("a.b", out _));
        Assert.False(config.TryGetInt("n", out _));
        Assert.False(config.TryGetObject("n", out _));
        Assert.False(config.TryGetStringList("n", out _));
        Assert.False(config.Has("n"));
        Assert.Throws<HoconException>(() => config.TryGetInt("x", out _));
    }

    [Theory]
    [InlineData("{ \"0\" : \"a\", \"1\" : \"b\" }")]
    [InlineData("{ 2 : b, 0 : a, other : c, -1 : d }")]
    [InlineData("[a, b]")]
    public void An_object_with_indices_is_read_as_an_array(string value) =>
        Assert.Equal(["a", "b"], Given.Config($"a = {value}").GetStringList("a"));

    [Theory]
    [InlineData("{}")]
    [InlineData("{ x : 1 }")]
    [InlineData("text")]
    public void Other_values_are_not_read_as_arrays(string value) =>
        Assert.Throws<HoconException>(() => Given.Config($"a = {value}").GetArray("a"));

    [Fact]
    public void Indices_written_as_a_path_make_an_array() =>
        Assert.Equal(["a", "b"], Given.Config("foo.0 = a\nfoo.1 = b").GetStringList("foo"));

    [Fact]
    public void Lists_of_objects_are_read()
    {
        var hosts = Given.Config("hosts = [ { name = a, port = 1 }, { name = b, port = 2 } ]").GetObjectList("hosts");
        Assert.Equal(["a1", "b2"], hosts.Select(host => host.GetString("name") + host.GetInt("port")));
    }

    [Fact]
    public void Quoted_keys_are_reached_by_quoted_paths()
    {
        var config = Given.Config("a.\"b.c\" = 1");
        Assert.Equal(1, config.GetInt("a.\"b.c\""));
        Assert.Null(config.Find("a.b.c"));
    }

    [Fact]
    public void An_error_names_place_path_finding_and_expectation()
    {
        var config = HoconParser.Parse("orchestrator {\n  node {\n  port = abc\n}}", new HoconOptions { SourceName = "node.conf" }).Resolve();
        var error = Assert.Throws<HoconException>(() => config.GetObject("orchestrator").GetObject("node").GetInt("port"));
        Assert.Equal("node.conf:3:10: orchestrator.node.port is the string \"abc\", expected a whole number from -2147483648 to 2147483647", error.Message);
        Assert.Equal("orchestrator.node.port", error.Path);
    }

    [Fact]
    public void An_error_inside_a_list_names_the_index()
    {
        var config = Given.Config("hosts = [ { port = 1 }, { port = x } ]");
        Assert.Equal("hosts.1.port", Assert.Throws<HoconException>(() => config.GetObjectList("hosts")[1].GetInt("port")).Path);
        Assert.Equal("hosts.0", Assert.Throws<HoconException>(() => config.GetStringList("hosts")).Path);
    }

    [Fact]
    public void A_missing_value_is_named_with_its_path() =>
        Assert.Contains("node.port is not set", Assert.Throws<HoconException>(() => Given.Config("node {}").GetObject("node").GetInt("port")).Message, StringComparison.Ordinal);

    [Fact]
    public void Each_value_knows_where_it_was_written()
    {
        var config = Given.Config("a = 1\nb {\n  c = [ x, \"y\" ]\n}\nd = ${b.c}");
        Assert.Equal("test.conf:1:5", config.Find("a")!.Origin.ToString());
        Assert.Equal("test.conf:3:12", config.GetArray("b.c")[1].Origin.ToString());
        Assert.Equal("test.conf:3:7", config.Find("d")!.Origin.ToString());
        Assert.Equal("test.conf:5:1", config.KeyOrigin("d").ToString());
    }
}
