namespace Orchestrator.Tests.Hocon;

/// <summary>The examples of the specification's sections on syntax, in its order.</summary>
public sealed class SpecificationSyntaxTests
{
    [Theory]
    [InlineData("""{ "a" : "b", "n" : 1.5e3, "t" : true, "f" : false, "z" : null, "l" : [1, "x"], "o" : {} }""", """{"a":"b","n":1.5e3,"t":true,"f":false,"z":null,"l":[1,"x"],"o":{}}""")]
    [InlineData("""["\" \\ \/ \b \f \n \r \t \u00e9 \ud83d\ude00"]""", """["\" \\ / \b \f \n \r \t é 😀"]""")]
    [InlineData("[-0, -1, 0.5, 1E+2, 1e-2]", "[-0, -1, 0.5, 1E+2, 1e-2]")]
    public void Json_is_unchanged(string hocon, string json) => Given.Means(hocon, json);

    [Theory]
    [InlineData("# first\na = 1 // one\nb = 2 # two\n// last")]
    [InlineData("a # between\n = // here\n 1\nb=2")]
    [InlineData("{ a : 1 # }\n , b : 2 // }\n }")]
    public void Comments_run_to_the_end_of_the_line(string hocon) => Given.Means(hocon, """{"a":1,"b":2}""");

    [Fact]
    public void Comment_marks_inside_quotes_are_text() => Given.Means("""a = "x # y // z" """, """{"a":"x # y // z"}""");

    [Theory]
    [InlineData("foo = 1")]
    [InlineData("{ foo = 1 }")]
    [InlineData("\n\n  {\n foo = 1\n}\n")]
    [InlineData("\uFEFFfoo = 1")]
    public void Root_braces_may_be_left_out(string hocon) => Given.Means(hocon, """{"foo":1}""");

    [Theory]
    [InlineData("")]
    [InlineData(" \n \n")]
    [InlineData("# only a comment")]
    public void A_text_without_fields_is_an_empty_object(string hocon) => Given.Means(hocon, "{}");

    [Theory]
    [InlineData("foo = 1 }")]
    [InlineData("{ foo = 1")]
    [InlineData("{ foo = 1 } }")]
    [InlineData("{}{}")]
    [InlineData("[]{}")]
    [InlineData("{}x")]
    [InlineData("[]true")]
    [InlineData("{")]
    [InlineData("}")]
    [InlineData("[")]
    [InlineData("]")]
    [InlineData("10")]
    [InlineData("\"foo\"")]
    [InlineData("\"")]
    public void Unbalanced_or_trailing_text_is_invalid(string hocon) => Given.Error(hocon);

    [Theory]
    [InlineData("\"foo\" = 1")]
    [InlineData("\"foo\" : 1")]
    [InlineData("foo\n: 1")]
    [InlineData("foo =\n\n 1")]
    public void Key_and_value_are_separated_by_colon_or_equals(string hocon) => Given.Means(hocon, """{"foo":1}""");

    [Theory]
    [InlineData("\"foo\" {}")]
    [InlineData("\"foo\" : {}")]
    [InlineData("foo{}")]
    public void The_separator_before_an_object_may_be_left_out(string hocon) => Given.Means(hocon, """{"foo":{}}""");

    [Theory]
    [InlineData("[1,2,3,]")]
    [InlineData("[1\n2\n3]")]
    [InlineData("[1,2,3]")]
    [InlineData("[\n1,\n2,\n\n3\n,\n]")]
    [InlineData("[1 # one\n 2 // two\n 3]")]
    public void Newlines_stand_for_commas_and_one_trailing_comma_is_ignored(string hocon) => Given.Means(hocon, "[1,2,3]");

    [Theory]
    [InlineData("{a:1,b:2,}")]
    [InlineData("a:1,b:2,")]
    [InlineData("{a:1\nb:2\n}")]
    [InlineData("a:1\n\n,b:2\n,\n")]
    public void The_same_comma_rules_apply_to_fields(string hocon) => Given.Means(hocon, """{"a":1,"b":2}""");

    [Theory]
    [InlineData("[1,2,3,,]")]
    [InlineData("[,1,2,3]")]
    [InlineData("[1,,2,3]")]
    [InlineData("[,]")]
    [InlineData("{a:1,,b:2}")]
    [InlineData("{,a:1}")]
    [InlineData("{a:1,,}")]
    [InlineData("{ , }")]
    [InlineData("\"a\" : 10 ,, ")]
    [InlineData("{ a : 1 b : 2 }")]
    [InlineData("{ \"foo\" : true \"bar\" : false }")]
    public void Misplaced_commas_are_invalid(string hocon) => Given.Error(hocon);

    [Theory]
    [InlineData(' ')]
    [InlineData('\t')]
    [InlineData('\v')]
    [InlineData('\f')]
    [InlineData('\r')]
    [InlineData('\u00A0')]
    [InlineData('\u2007')]
    [InlineData('\u202F')]
    [InlineData('\u2028')]
    [InlineData('\u2029')]
    [InlineData('\u3000')]
    [InlineData('\uFEFF')]
    [InlineData('\u001C')]
    [InlineData('\u001D')]
    [InlineData('\u001E')]
    [InlineData('\u001F')]
    public void Every_whitespace_of_the_specification_is_whitespace(char c) => Given.Means($"{c}a{c}={c}1{c},{c}b{c}:{c}[{c}2{c}]{c}", """{"a":1,"b":[2]}""");

    [Theory]
    [InlineData('\r')]
    [InlineData('\u2028')]
    [InlineData('\v')]
    public void Only_the_line_feed_ends_a_line(char c) => Given.Means($"a = 1{c}b", $$"""{"a":"1\u{{(int)c:x4}}b"}""");

    [Fact]
    public void Duplicate_keys_with_objects_are_merged() =>
        Given.Means("""{ "foo" : { "a" : 42 }, "foo" : { "b" : 43 } }""", """{"foo":{"a":42,"b":43}}""");

    [Fact]
    public void A_value_between_two_objects_prevents_their_merge() =>
        Given.Means("""{ "foo" : { "a" : 42 }, "foo" : null, "foo" : { "b" : 43 } }""", """{"foo":{"b":43}}""");

    [Fact]
    public void Later_duplicates_override_and_objects_merge_at_any_depth() =>
        Given.Means("a = 1, a = [2], o { x { p = 1, q = 1 }, y = 1 }, o { x { q = 2 }, y = 2 }", """{"a":[2],"o":{"x":{"p":1,"q":2},"y":2}}""");

    [Theory]
    [InlineData("truefoo", "\"truefoo\"")]
    [InlineData("footrue", "\"footrue\"")]
    [InlineData("10.0bar", "\"10.0bar\"")]
    [InlineData("bar10.0", "\"bar10.0\"")]
    [InlineData("true", "true")]
    [InlineData("null", "null")]
    [InlineData("1e5", "1e5")]
    [InlineData("1.2.3.4", "\"1.2.3.4\"")]
    [InlineData("007", "\"007\"")]
    [InlineData("-foo", "\"-foo\"")]
    [InlineData("1-e3", "\"1-e3\"")]
    [InlineData("10e3e3", "\"10e3e3\"")]
    [InlineData("/usr/bin", "\"/usr/bin\"")]
    [InlineData("a(b)|c~d%e;f'g<h>", "\"a(b)|c~d%e;f'g<h>\"")]
    public void Unquoted_strings_are_literal_unless_they_are_a_keyword_or_a_number(string hocon, string json) =>
        Given.Means($"[{hocon}]", $"[{json}]");

    [Theory]
    [InlineData('$')]
    [InlineData('`')]
    [InlineData('^')]
    [InlineData('?')]
    [InlineData('!')]
    [InlineData('@')]
    [InlineData('*')]
    [InlineData('&')]
    [InlineData('\\')]
    [InlineData('+')]
    [InlineData(':')]
    [InlineData('=')]
    public void Reserved_characters_need_quotes(char c)
    {
        Given.Error($"[ {c} ]");
        Given.Error($"a = x{c}y");
        Given.Error($"{c}x = y");
        Given.Means($"a = \"x{(c == '\\' ? "\\\\" : c)}y\"", $"{{\"a\":\"x{(c == '\\' ? "\\\\" : c)}y\"}}");
    }

    [Theory]
    [InlineData("[ \"foo\nbar\" ]")]
    [InlineData("[ \"foo\tbar\" ]")]
    [InlineData("[ \"foo\\qbar\" ]")]
    [InlineData("[ \"foo\\u12g4\" ]")]
    [InlineData("[ \"hello ]")]
    [InlineData("[ 1, \\")]
    public void Quoted_strings_keep_the_rules_of_json(string hocon) => Given.Error(hocon);

    [Theory]
    [InlineData("\"\"\"foo\"\"\"", "foo")]
    [InlineData("\"\"\"foo\"\"\"\"", "foo\"")]
    [InlineData("\"\"\"foo\"\"\"\"\"", "foo\"\"")]
    [InlineData("\"\"\"\"\"\"", "")]
    [InlineData("\"\"\"\"foo\"\"\"", "\"foo")]
    [InlineData("\"\"\"a\n  b\\n\\u0041\tc\"\"\"", "a\n  b\\n\\u0041\tc")]
    public void Triple_quoted_strings_are_taken_as_they_stand(string hocon, string expected) =>
        Assert.Equal(expected, Given.Config($"a = {hocon}").GetString("a"));

    [Fact]
    public void A_triple_quoted_string_has_to_be_closed() => Given.Error("a = \"\"\"foo\"\"");
}
