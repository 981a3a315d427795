namespace Orchestrator.Tests.Hocon;

/// <summary>The examples of the specification's sections on substitutions.</summary>
public sealed class SpecificationSubstitutionTests
{
    [Theory]
    [InlineData("key : ${animal.favorite} is my favorite animal, animal.favorite = cat")]
    [InlineData("key : ${animal.favorite}\" is my favorite animal\", animal.favorite = cat")]
    public void A_substitution_becomes_part_of_a_string(string hocon) =>
        Assert.Equal("cat is my favorite animal", Given.Config(hocon).GetString("key"));

    [Fact]
    public void Substitutions_are_not_seen_inside_quotes() => Given.Means("a = \"${b}\"", """{"a":"${b}"}""");

    [Theory]
    [InlineData("42")]
    [InlineData("\"text\"")]
    [InlineData("true")]
    [InlineData("null")]
    [InlineData("[1,[2]]")]
    [InlineData("""{"c":{"d":1}}""")]
    public void A_substitution_on_its_own_keeps_its_type(string json) => Given.Means($"x = ${{y}}, y = {json}", $$"""{"x":{{json}},"y":{{json}}}""");

    [Theory]
    [InlineData("a=1,b=${a},a=2", """{"a":2,"b":2}""")]
    [InlineData("b = ${a.x}, a { x = 1 }, a { x = 2 }", """{"b":2,"a":{"x":2}}""")]
    [InlineData("foo : ${bar}, bar : ${a.b.c}, a : { b : { c : 57 } }", """{"foo":57,"bar":57,"a":{"b":{"c":57}}}""")]
    [InlineData("x = ${ a . b }, \"a \" { \" b\" = 1 }", """{"x":1,"a ":{" b":1}}""")]
    public void Substitutions_look_forward_to_the_last_value(string hocon, string json) => Given.Means(hocon, json);

    [Fact]
    public void A_null_becomes_text_in_a_string() => Given.Means("a = null, b = start<${a}>end", """{"a":null,"b":"start<null>end"}""");

    [Theory]
    [InlineData("foo : ${?bar}", "{}")]
    [InlineData("foo : ${?bar}${?baz}", "{}")]
    [InlineData("foo : 1, foo : ${?bar}", """{"foo":1}""")]
    [InlineData("foo : { a : 1 }, foo : ${?bar}", """{"foo":{"a":1}}""")]
    [InlineData("foo : [ ${?bar}, 1, ${?baz} ]", """{"foo":[1]}""")]
    [InlineData("foo : x${?bar}y", """{"foo":"xy"}""")]
    [InlineData("foo : [1] ${?bar}", """{"foo":[1]}""")]
    [InlineData("foo : { a : 1 } ${?bar}", """{"foo":{"a":1}}""")]
    [InlineData("a : ${?missing}, b : ${?also.missing}, c : ${?b}, d : ${?c}", "{}")]
    public void An_undefined_optional_substitution_disappears(string hocon, string json) => Given.Means(hocon, json);

    [Theory]
    [InlineData("a = ${b}")]
    [InlineData("a = x${b}")]
    [InlineData("a = [${b.c}], b = 1")]
    [InlineData("a=${nonexistent},a={ b : 42 }")]
    [InlineData("[${]")]
    [InlineData("[$]")]
    [InlineData("[$  ]")]
    [InlineData("[${}]")]
    [InlineData("[${?}]")]
    [InlineData("[${ ?foo}]")]
    [InlineData("[ { \"a\" : 2, \"b\" : ${${a}} } ]")]
    [InlineData("${ #comment }")]
    [InlineData("a = ${b, b = 1")]
    public void An_undefined_or_malformed_substitution_is_an_error(string hocon) => Given.Error(hocon);

    [Theory]
    [InlineData("path : \"a:b:c\", path : ${path}\":d\"", """{"path":"a:b:c:d"}""")]
    [InlineData("foo : { a : 1 }, foo : ${foo}", """{"foo":{"a":1}}""")]
    [InlineData("a : [1, 2], a : ${a} [3,4], a : ${a} [5,6]", """{"a":[1,2,3,4,5,6]}""")]
    [InlineData("a : { a : 0 }, a : ${a} { b : 1 }, a : ${a} { c : 2 }", """{"a":{"a":0,"b":1,"c":2}}""")]
    [InlineData("a : { b : 3 }, a : { b : 2 } ${a}", """{"a":{"b":3}}""")]
    [InlineData("foo : ${?foo}", "{}")]
    [InlineData("foo : ${?foo}, foo : { a : 1 }", """{"foo":{"a":1}}""")]
    [InlineData("foo : ${does-not-exist}, foo : 42", """{"foo":42}""")]
    [InlineData("foo : ${foo}, foo : 42", """{"foo":42}""")]
    [InlineData("foo : { a : { c : 1 } }, foo : ${foo.a}, foo : { a : 2 }", """{"foo":{"a":2,"c":1}}""")]
    [InlineData("bar : { foo : 42, baz : ${bar.foo} }", """{"bar":{"foo":42,"baz":42}}""")]
    [InlineData("bar : { foo : 42, baz : ${bar.foo} }, bar : { foo : 43 }", """{"bar":{"foo":43,"baz":43}}""")]
    [InlineData("bar : { a : ${foo.d}, b : 1 }, bar.b = 3, foo : { c : ${bar.b}, d : 2 }, foo.d = 4", """{"bar":{"a":4,"b":3},"foo":{"c":3,"d":4}}""")]
    [InlineData("a = ${?a}foo", """{"a":"foo"}""")]
    [InlineData("foo : ${a.b.c}, a : { b : { c : 42, cycle : ${foo} }, cycle : ${foo} }", """{"foo":42,"a":{"b":{"c":42,"cycle":42},"cycle":42}}""")]
    [InlineData("t = { x { z = 1 } }, a = ${t} { x = ${t} }", """{"t":{"x":{"z":1}},"a":{"x":{"z":1,"x":{"z":1}}}}""")]
    [InlineData("a : { b : ${?a} }", """{"a":{}}""")]
    [InlineData("foo : ${?bar}, bar : ${?a.b.c}, a : { b : { c : ${?foo} } }", """{"a":{"b":{}}}""")]
    [InlineData("defaults { a = 1, b = 2 }, item1 = ${defaults}, item1.b = { c : 43 }, item2.b = ${item1.b}", """{"defaults":{"a":1,"b":2},"item1":{"a":1,"b":{"c":43}},"item2":{"b":{"c":43}}}""")]
    [InlineData("defaults { a = 1, b = 2 }, item1.b = 7, item1 = ${defaults}, item2.b = ${item1.b}", """{"defaults":{"a":1,"b":2},"item1":{"b":2,"a":1},"item2":{"b":2}}""")]
    public void A_self_reference_sees_the_value_below(string hocon, string json) => Given.Means(hocon, json);

    [Theory]
    [InlineData("foo : ${foo}")]
    [InlineData("foo : ${foo}, foo : { a : 1 }")]
    [InlineData("a : { b : ${a} }")]
    [InlineData("a : [${a}]")]
    [InlineData("a : 1, a : [${a}]")]
    [InlineData("bar : ${foo}, foo : ${bar}")]
    [InlineData("a : ${b}, b : ${c}, c : ${a}")]
    [InlineData("foo : ${bar}, bar : ${a.b.c}, a : { b : { c : ${foo} } }")]
    [InlineData("a : x${b}, b : y${a}")]
    [InlineData("a : { b : { c : ${a.b} } }")]
    [InlineData("base = { x : ${d} }, d = ${base} { x : { k : 1 } }")]
    public void A_cycle_without_an_earlier_value_is_an_error(string hocon) => Given.Error(hocon);

    [Fact]
    public void Both_sides_of_an_undefined_cycle_get_the_same_value()
    {
        var config = Given.Config("a : 1, b : 2, a : ${b}, b : ${a}");
        Assert.Equal(config.GetInt("a"), config.GetInt("b"));
    }

    [Theory]
    [InlineData("a += b", """{"a":["b"]}""")]
    [InlineData("a = ${?a} [b]", """{"a":["b"]}""")]
    [InlineData("a = [], a += 2", """{"a":[2]}""")]
    [InlineData("a += 1, a += 2, a += 3", """{"a":[1,2,3]}""")]
    [InlineData("a.b.c = [1], a.b.c += 2", """{"a":{"b":{"c":[1,2]}}}""")]
    [InlineData("a : { b : { c : [1] } }, a : { b : { c += 2 } }", """{"a":{"b":{"c":[1,2]}}}""")]
    [InlineData("a = ${x}, a += ${y}, x = [1], y = 2", """{"a":[1,2],"x":[1],"y":2}""")]
    [InlineData("a += { b: 1 }, a += { b: 2 }", """{"a":[{"b":1},{"b":2}]}""")]
    [InlineData("a += 1, a += ${a}, a += 2", """{"a":[1,[1],2]}""")]
    [InlineData("a += [1], a += [2]", """{"a":[[1],[2]]}""")]
    [InlineData("x = [ { a += 1, a += 2 } ]", """{"x":[{"a":[1,2]}]}""")]
    [InlineData("x += { a += 1, a += 2 }", """{"x":[{"a":[1,2]}]}""")]
    [InlineData("d { x = [] }, c : ${d}, c { x += 1, x += 2 }", """{"d":{"x":[]},"c":{"x":[1,2]}}""")]
    [InlineData("d { x = [] }, c : ${d}, c { x : ${c.x}[1], x : ${c.x}[2] }", """{"d":{"x":[]},"c":{"x":[1,2]}}""")]
    [InlineData("{ r: { d.x=[] }, q: ${r}, q : { d { x = [] }, c : ${q.d}, c { x : ${q.c.x}[1], x : ${q.c.x}[2] } } }", """{"r":{"d":{"x":[]}},"q":{"d":{"x":[]},"c":{"x":[1,2]}}}""")]
    public void Plus_equals_appends(string hocon, string json) => Given.Means(hocon, json);

    [Theory]
    [InlineData("a = 10, a += 2")]
    [InlineData("a = abc, a += 2")]
    [InlineData("a = { x : y }, a += 2")]
    public void Plus_equals_appends_to_arrays_only(string hocon) => Given.Error(hocon);

    [Theory]
    [InlineData("a = [1] { \"0\" : 2, \"1\" : 3 }", """{"a":[1,2,3]}""")]
    [InlineData("a = ${x} [3], x { 1 = b, 0 = a }", """{"a":["a","b",3],"x":{"1":"b","0":"a"}}""")]
    public void An_object_with_indices_joins_arrays(string hocon, string json) => Given.Means(hocon, json);

    [Theory]
    [InlineData("a = ${HOME}", """{"a":"/home/x"}""")]
    [InlineData("a = ${?HOME}/y", """{"a":"/home/x/y"}""")]
    [InlineData("HOME = null, a = ${HOME}", """{"HOME":null,"a":null}""")]
    [InlineData("HOME = 1, a = ${HOME}", """{"HOME":1,"a":1}""")]
    [InlineData("a = default, a = ${?HOME}", """{"a":"/home/x"}""")]
    [InlineData("a = ${EMPTY}", """{"a":""}""")]
    [InlineData("HOME = ${HOME}", """{"HOME":"/home/x"}""")]
    [InlineData("a = ${LIST[]}", """{"a":["x","y"]}""")]
    [InlineData("a = [w] ${LIST[]}", """{"a":["w","x","y"]}""")]
    [InlineData("a = [d], a = ${?NONE[]}", """{"a":["d"]}""")]
    public void What_is_not_set_is_looked_up_in_the_environment(string hocon, string json) => Given.Means(
        hocon, json, ("HOME", "/home/x"), ("EMPTY", ""), ("LIST_0", "x"), ("LIST_1", "y"), ("LIST_3", "beyond a gap"));

    [Fact]
    public void A_required_list_that_the_environment_does_not_have_is_an_error() => Given.Error("a = ${LIST[]}", ("LIST", "x"));
}
