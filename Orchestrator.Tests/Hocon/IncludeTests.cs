using Orchestrator.Hocon;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Hocon;

/// <summary>The specification's sections on includes, on real files.</summary>
public sealed class IncludeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("include \"foo.conf\"")]
    [InlineData("include\"foo.conf\"")]
    [InlineData("include\n\n  \"foo.conf\"")]
    [InlineData("include file(\"foo.conf\")")]
    [InlineData("include file( \"foo.conf\" )")]
    [InlineData("include required(\"foo.conf\")")]
    [InlineData("include required( file( \"foo.conf\" ) )")]
    [InlineData("include \"foo\"")]
    [InlineData("{ include \"foo.conf\" }")]
    public void A_file_next_to_the_including_one_is_included(string statement)
    {
        Write("foo.conf", "x = 1");
        Given.IsJson(Parsed(statement), """{"x":1}""");
    }

    [Fact]
    public void An_absolute_name_is_taken_as_it_is()
    {
        Write("foo.conf", "x = 1");
        Given.IsJson(HoconParser.Parse($"include \"{_folder["foo.conf"]}\"").Resolve(), """{"x":1}""");
    }

    [Fact]
    public void Relative_names_start_from_the_file_they_stand_in_not_from_the_current_folder()
    {
        Write("sub/one.conf", "include \"deeper/two.conf\"");
        Write("sub/deeper/two.conf", "include \"../three.conf\"");
        Write("sub/three.conf", "x = 3");
        Given.IsJson(Parsed("include \"sub/one.conf\""), """{"x":3}""");
    }

    [Fact]
    public void Fields_before_and_after_an_include_merge_with_it_in_order()
    {
        Write("foo.conf", "a = included, b = included, o { x = 1 }");
        Given.IsJson(
            Parsed("a = before, o { y = 1, x = 0 }\ninclude \"foo.conf\"\nb = after\no.z = 1"),
            """{"a":"included","o":{"y":1,"x":1,"z":1},"b":"after"}""");
    }

    [Fact]
    public void Substitutions_are_relative_to_the_included_file_first()
    {
        Write("foo.conf", "{ x : 10, y : ${x} }");
        Given.IsJson(Parsed("{ a : { include \"foo.conf\" } }"), """{"a":{"x":10,"y":10}}""");
    }

    [Fact]
    public void Substitutions_of_included_files_look_forward_to_what_the_including_file_sets()
    {
        Write("foo.conf", "{ x : 10, y : ${x} }");
        Given.IsJson(Parsed("{ a : { include \"foo.conf\" }\na : { x : 42 } }"), """{"a":{"x":42,"y":42}}""");
    }

    [Fact]
    public void Substitutions_of_included_files_find_the_root_and_the_environment_as_well()
    {
        Write("foo.conf", "y : ${root}, z : ${NAME}");
        Given.IsJson(
            Parsed("root = 1, a.b : { include \"foo.conf\" }", ("NAME", "n")),
            """{"root":1,"a":{"b":{"y":1,"z":"n"}}}""");
    }

    [Fact]
    public void Includes_nested_in_includes_add_up_their_places()
    {
        Write("one.conf", "p { include \"two.conf\" }");
        Write("two.conf", "x = 1, y = ${x}, l = [0], l = ${l} [1], l += 2");
        Given.IsJson(Parsed("a { include \"one.conf\" }"), """{"a":{"p":{"x":1,"y":1,"l":[0,1,2]}}}""");
    }

    [Fact]
    public void A_file_included_inside_an_array_refers_to_itself()
    {
        Write("foo.conf", "x = 1, y = ${x}");
        Given.IsJson(Parsed("list = [ { include \"foo.conf\" }, { include \"foo.conf\", x = 2 } ]"), """{"list":[{"x":1,"y":1},{"x":2,"y":2}]}""");
    }

    [Fact]
    public void A_missing_file_is_ignored() => Given.IsJson(Parsed("include \"none.conf\"\na = 1"), """{"a":1}""");

    [Fact]
    public void A_missing_required_file_is_an_error_that_names_the_file_looked_for()
    {
        var error = Assert.Throws<HoconException>(() => Parsed("a = 1\n  include required(\"none.conf\")"));
        Assert.Contains(_folder["none.conf"], error.Message, StringComparison.Ordinal);
        Assert.Equal((2, 3), (error.Origin!.Line, error.Origin.Column));
    }

    [Fact]
    public void A_name_without_extension_loads_json_and_then_conf()
    {
        Write("foo.json", """{ "a": "json", "b": "json" }""");
        Write("foo.conf", "b = conf");
        Given.IsJson(Parsed("include \"foo\""), """{"a":"json","b":"conf"}""");
    }

    [Theory]
    [InlineData("include url(\"http://localhost/foo.conf\")", "url()")]
    [InlineData("include classpath(\"foo.conf\")", "classpath()")]
    [InlineData("include required(url(\"http://localhost/foo.conf\"))", "url()")]
    [InlineData("include \"http://localhost/foo.conf\"", "only files")]
    [InlineData("include package(\"foo.conf\")", "package()")]
    public void What_is_no_file_is_refused_with_the_reason(string statement, string reason) =>
        Assert.Contains(reason, Assert.Throws<HoconException>(() => Parsed(statement)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("include foo.conf")]
    [InlineData("include ${foo}")]
    [InlineData("include file(foo.conf)")]
    [InlineData("include file(\"foo.conf\"")]
    [InlineData("include \"a\" \"b\"")]
    [InlineData("include = 1")]
    [InlineData("include \"\"")]
    public void A_malformed_include_is_an_error(string statement) => Assert.Throws<HoconException>(() => Parsed(statement));

    [Fact]
    public void An_included_array_is_an_error()
    {
        Write("foo.conf", "[1]");
        Assert.Contains("array", Assert.Throws<HoconException>(() => Parsed("include \"foo.conf\"")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_include_each_other_are_an_error_that_shows_the_chain()
    {
        Write("one.conf", "include \"two.conf\"");
        Write("two.conf", "a { include \"one.conf\" }");
        var error = Assert.Throws<HoconException>(() => HoconParser.ParseFile(_folder["one.conf"]));
        Assert.Contains($"{_folder["one.conf"]} includes {_folder["two.conf"]} includes {_folder["one.conf"]}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_include_ever_more_files_are_stopped()
    {
        for (var i = 0; i < 30; i++)
        {
            Write($"{i}.conf", $"a {{ include \"{i + 1}.conf\" }}\nb {{ include \"{i + 1}.conf\" }}");
        }

        var error = Assert.Throws<HoconException>(() => HoconParser.ParseFile(_folder["0.conf"]));
        Assert.Contains("1000 files", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_in_an_included_file_names_that_file()
    {
        Write("sub/foo.conf", "a = 1\nb = [");
        var error = Assert.Throws<HoconException>(() => Parsed("include \"sub/foo.conf\""));
        Assert.StartsWith(_folder["sub/foo.conf"] + ":2:5: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_that_comes_from_no_file_has_no_relative_includes() =>
        Assert.Contains("absolute path", Given.Error("include \"foo.conf\"").Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_that_is_not_utf8_is_an_error_with_its_place()
    {
        File.WriteAllBytes(_folder["foo.conf"], [(byte)'a', (byte)'\n', (byte)'b', (byte)'=', 0xC3, 0x28]);
        var error = Assert.Throws<HoconException>(() => HoconParser.ParseFile(_folder["foo.conf"]));
        Assert.Contains("UTF-8", error.Message, StringComparison.Ordinal);
        Assert.Equal((2, 3), (error.Origin!.Line, error.Origin.Column));
    }

    [Fact]
    public void A_file_that_is_not_there_is_an_error() =>
        Assert.Contains("none.conf", Assert.Throws<HoconException>(() => HoconParser.ParseFile(_folder["none.conf"])).Message, StringComparison.Ordinal);

    private HoconObject Parsed(string text, params (string Name, string Value)[] environment)
    {
        Write("main.conf", text);
        return HoconParser.ParseFile(_folder["main.conf"], new HoconOptions { Environment = Given.Variables(environment) }).Resolve();
    }

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
        File.WriteAllText(_folder[name], text);
    }
}
