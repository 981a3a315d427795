namespace Orchestrator.Tests.Hocon;

/// <summary>The examples of the specification's sections on concatenation, path expressions and keys that are paths.</summary>
public sealed class SpecificationConcatenationTests
{
    [Theory]
    [InlineData("foo bar", "\"foo bar\"")]
    [InlineData(" foo   bar baz ", "\"foo   bar baz\"")]
    [InlineData("\"foo\" bar", "\"foo bar\"")]
    [InlineData("foo\"bar\"baz", "\"foobarbaz\"")]
    [InlineData("true foo", "\"true foo\"")]
    [InlineData("null bar 42 baz true 3.14 \"hi\"", "\"null bar 42 baz true 3.14 hi\"")]
    [InlineData("1e5 1E5 1.00", "\"1e5 1E5 1.00\"")]
    [InlineData("\" a \" \" b \"", "\" a   b \"")]
    [InlineData("1 2 3 4", "\"1 2 3 4\"")]
    public void Simple_values_side_by_side_become_one_string_with_the_whitespace_between(string hocon, string json)
    {
        Given.Means($"[{hocon}]", $"[{json}]");
        Given.Means($"a = {hocon} # end", $"{{\"a\":{json}}}");
    }

    [Theory]
    [InlineData("a : { b : 1, c : 2 }")]
    [InlineData("a : { b : 1 } { c : 2 }")]
    [InlineData("a : { b : 1 }\na : { c : 2 }")]
    [InlineData("a { b : 1 } { c : 2 }")]
    [InlineData("x { b : 1 }, a = ${x} { c : 2 }, x = 0, x = { b : 1 }, x { }")]
    public void Objects_side_by_side_are_merged(string hocon)
    {
        Given.IsJson(Given.Config(hocon).GetObject("a"), """{"b":1,"c":2}""");
    }

    [Theory]
    [InlineData("a : [ 1, 2, 3, 4 ]")]
    [InlineData("a : [ 1, 2 ] [ 3, 4 ]")]
    [InlineData("a : [ 1, 2 ]\na : ${a} [ 3, 4 ]")]
    [InlineData("a : [ 1\n2\n] [\n3, 4 ]")]
    [InlineData("a = [1] ${?none} [2] ${x}, x = [3, 4]")]
    public void Arrays_side_by_side_are_joined(string hocon) => Given.IsJson(Given.Config(hocon).GetArray("a"), "[1,2,3,4]");

    [Fact]
    public void Objects_inherit_from_others() => Given.Means(
        "data-center-generic = { cluster-size = 6 }\ndata-center-east = ${data-center-generic} { name = \"east\" }",
        """{"data-center-generic":{"cluster-size":6},"data-center-east":{"cluster-size":6,"name":"east"}}""");

    [Fact]
    public void An_object_that_inherits_may_refer_to_itself() => Given.Means(
        "base = { size = 6 }\neast = ${base} { name = e, title = ${east.name}-${east.size} }",
        """{"base":{"size":6},"east":{"size":6,"name":"e","title":"e-6"}}""");

    [Fact]
    public void Arrays_are_added_to() => Given.Means("path = [ /bin ]\npath = ${path} [ /usr/bin ]", """{"path":["/bin","/usr/bin"]}""");

    [Theory]
    [InlineData("[ 1 2 3 4 ]", """["1 2 3 4"]""")]
    [InlineData("[ 1\n2\n3\n4 ]", "[1,2,3,4]")]
    [InlineData("[ [ 1, 2 ] [ 3, 4 ] ]", "[[1,2,3,4]]")]
    [InlineData("[ [ 1, 2 ]\n[ 3, 4 ] ]", "[[1,2],[3,4]]")]
    [InlineData("[ { a : 1 } { b : 2 } ]", """[{"a":1,"b":2}]""")]
    [InlineData("[ { a : 1 }\n{ b : 2 } ]", """[{"a":1},{"b":2}]""")]
    public void Only_a_newline_separates_elements_without_a_comma(string hocon, string json) => Given.Means(hocon, json);

    [Fact]
    public void Substitutions_make_strings_in_arrays() => Given.Means(
        "l = [ This is an unquoted string my name is ${name}, Hello ${world} ], m = [ ${a} ${b}, ${x} ${y} ], name = N, world = W, a = 1, b = 2, x = [3], y = [4]",
        """{"l":["This is an unquoted string my name is N","Hello W"],"m":["1 2",[3,4]],"name":"N","world":"W","a":1,"b":2,"x":[3],"y":[4]}""");

    [Theory]
    [InlineData("a = abc { x : y }")]
    [InlineData("a = null { x : y }")]
    [InlineData("a = { x : y } abc")]
    [InlineData("a = abc [1, 2]")]
    [InlineData("a = [1] { x : y }")]
    [InlineData("a = [1] \" \" [2]")]
    [InlineData("a = abc ${x}, x = { y : z }")]
    [InlineData("a = abc ${x}, x = [1, 2]")]
    [InlineData("a = ${x} { b : 1 }, x = [1]")]
    [InlineData("a = ${x} { b : 1 }, x = text")]
    [InlineData("a = ${x} ${y}, x = [1], y = { z : 1 }")]
    [InlineData("a = ${x} ${y}, x = [1], y = text")]
    [InlineData("a = ${x} \" \" ${y}, x = [1], y = [2]")]
    [InlineData("{ \"a\" : [1,2], \"b\" : y${a}z }")]
    [InlineData("{ \"a\" : { \"c\" : 2 }, \"b\" : y${a}z }")]
    [InlineData("a = [1,2]\n[3,4]")]
    [InlineData("{ { a : 1 } : \"value\" }")]
    [InlineData("{ [ \"a\" ] : \"value\" }")]
    public void Values_of_different_kinds_do_not_concatenate(string hocon) => Given.Error(hocon);

    [Theory]
    [InlineData("10.0foo", """{"10":{"0foo":42}}""")]
    [InlineData("foo10.0", """{"foo10":{"0":42}}""")]
    [InlineData("foo\"10.0\"", """{"foo10.0":42}""")]
    [InlineData("1.2.3", """{"1":{"2":{"3":42}}}""")]
    [InlineData("foo.bar.\"hello.world\"", """{"foo":{"bar":{"hello.world":42}}}""")]
    [InlineData("a.\"\".b", """{"a":{"":{"b":42}}}""")]
    [InlineData("foo.bar", """{"foo":{"bar":42}}""")]
    [InlineData("foo.bar.baz", """{"foo":{"bar":{"baz":42}}}""")]
    [InlineData("a b c", """{"a b c":42}""")]
    [InlineData("true", """{"true":42}""")]
    [InlineData("3", """{"3":42}""")]
    [InlineData("3.14", """{"3":{"14":42}}""")]
    [InlineData("123 foo", """{"123 foo":42}""")]
    [InlineData("foo include", """{"foo include":42}""")]
    [InlineData("\"include\"", """{"include":42}""")]
    [InlineData("a.include", """{"a":{"include":42}}""")]
    [InlineData("includes", """{"includes":42}""")]
    public void Keys_are_paths(string key, string json) => Given.Means($"{key} : 42", json);

    [Fact]
    public void Keys_that_are_paths_merge_in_the_usual_way() => Given.Means("a.x : 42, a.y : 43", """{"a":{"x":42,"y":43}}""");

    [Theory]
    [InlineData("a..b = 1")]
    [InlineData(".a = 1")]
    [InlineData("a. = 1")]
    [InlineData("x = ${a..b}, a = 1")]
    [InlineData("x = ${.a}, a = 1")]
    [InlineData("x = ${a.}, a = 1")]
    [InlineData("{ : 10 }")]
    [InlineData("{ \"foo\" : }")]
    [InlineData("{ \"foo\" }")]
    [InlineData("{ \"foo\" , true }")]
    [InlineData("{ 1,2 }")]
    [InlineData("{ foo \n bar : 10 }")]
    [InlineData("${a} = 1")]
    [InlineData("{ include : 1 }")]
    [InlineData("{ include foo }")]
    [InlineData("{ include \"bar\" : 10 }")]
    public void Paths_without_an_element_and_fields_without_a_part_are_invalid(string hocon) => Given.Error(hocon);

    [Theory]
    [InlineData("{ foo : include }", """{"foo":"include"}""")]
    [InlineData("[ include ]", """["include"]""")]
    public void Include_is_an_ordinary_word_in_values(string hocon, string json) => Given.Means(hocon, json);
}
