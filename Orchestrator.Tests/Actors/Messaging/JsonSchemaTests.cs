using System.Diagnostics;
using System.Text.Json;

using Orchestrator.Actors.Messaging.Schema;

namespace Orchestrator.Tests.Actors.Messaging;

/// <summary>What the official tests do not ask of schemas: errors that help, and limits that hold.</summary>
public sealed class JsonSchemaTests
{
    [Theory]
    [InlineData("""{"required":["a"]}""", "{}", "/a", "required", "missing")]
    [InlineData("""{"properties":{"a":{"items":{"type":"integer"}}}}""", """{"a":[1,"x"]}""", "/a/1", "type", "give integer")]
    [InlineData("""{"properties":{"a":{"enum":["low","high"]}}}""", """{"a":"super"}""", "/a", "enum", "\"low\", \"high\"")]
    [InlineData("""{"properties":{"a":true},"additionalProperties":false}""", """{"b/c":1}""", "/b~1c", "additionalProperties", "no such field")]
    [InlineData("""{"maximum":10}""", "10.5", "", "maximum", "at most 10")]
    public void An_error_names_the_place_the_rule_and_what_would_be_right(string schema, string value, string place, string keyword, string words)
    {
        var error = Assert.Single(Compile(schema).Validate(Json(value)));
        Assert.Equal((place, keyword), (error.Place, error.Keyword));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":"text"}""", "/type")]
    [InlineData("""{"properties":{"a":{"minLength":-1}}}""", "/properties/a/minLength")]
    [InlineData("""{"pattern":"("}""", "/pattern")]
    [InlineData("""{"anyOf":[]}""", "/anyOf")]
    [InlineData("""{"$ref":"#/$defs/none"}""", "/$ref")]
    [InlineData("""{"$ref":"https://example.org/elsewhere.json"}""", "/$ref")]
    [InlineData("""{"$dynamicRef":"#x"}""", "/$dynamicRef")]
    [InlineData("[]", "")]
    public void What_is_no_schema_is_refused_with_its_place(string schema, string place)
        => Assert.Equal(place, Assert.Throws<SchemaException>(() => Compile(schema)).Errors[0].Place);

    [Fact]
    public void Misspelled_keywords_are_found()
        => Assert.Equal("/properties/a/requird", Assert.Single(JsonSchema.UnknownKeywords(Json("""{"properties":{"a":{"requird":["b"]}}}"""))));

    [Theory]
    [InlineData("""{"unevaluatedProperties":false,"allOf":[{"properties":{"a":true}},{"if":{"required":["b"]},"then":{"properties":{"b":true}}}]}""", """{"a":1,"b":2}""", true)]
    [InlineData("""{"unevaluatedProperties":false,"allOf":[{"properties":{"a":true}}]}""", """{"a":1,"b":2}""", false)]
    [InlineData("""{"unevaluatedItems":false,"prefixItems":[true],"contains":{"const":3}}""", "[1,3]", true)]
    [InlineData("""{"unevaluatedItems":false,"prefixItems":[true],"contains":{"const":3}}""", "[1,2,3]", false)]
    [InlineData("""{"contains":{"const":1},"minContains":2,"maxContains":3}""", "[1,1]", true)]
    [InlineData("""{"contains":{"const":1},"minContains":2,"maxContains":3}""", "[1,1,1,1]", false)]
    [InlineData("""{"dependentSchemas":{"a":{"required":["b"]}}}""", """{"a":1}""", false)]
    public void Keywords_beyond_the_suite_hold(string schema, string value, bool valid)
        => Assert.Equal(valid, Compile(schema).Validate(Json(value)).IsEmpty);

    [Theory]
    [InlineData(@"^\d+$", "١٢", false)]
    [InlineData(@"^a$", "a\n", false)]
    [InlineData(@"^[\w-]+$", "a-b_1", true)]
    [InlineData(@"^[[a]+$", "[a", true)]
    [InlineData(@"^(?=a)\w+$", "abc", true)]
    public void Patterns_mean_what_they_mean_in_JavaScript(string pattern, string text, bool valid)
        => Assert.Equal(valid, Compile(JsonSerializer.Serialize(new { pattern })).Validate(JsonSerializer.SerializeToElement(text)).IsEmpty);

    [Theory]
    [InlineData("^(a+)+$")]
    [InlineData("^(?=a)(a+)+$")]
    public void A_pattern_that_explodes_ends_in_time(string pattern)
    {
        var schema = Compile(JsonSerializer.Serialize(new { pattern }));
        var watch = Stopwatch.StartNew();
        Assert.NotEmpty(schema.Validate(JsonSerializer.SerializeToElement(new string('a', 5000) + "!")));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"it took {watch.Elapsed}");
    }

    [Theory]
    [InlineData("""{"$ref":"#"}""")]
    [InlineData("""{"not":{"$ref":"#"}}""")]
    [InlineData("""{"allOf":[{"$ref":"#"},{"$ref":"#"}]}""")]
    public void A_schema_that_refers_to_itself_without_end_is_told_so(string schema)
        => Assert.Equal("limit", Assert.Single(Compile(schema).Validate(Json("1"))).Keyword);

    [Fact]
    public void A_schema_that_doubles_at_each_level_is_stopped()
    {
        var definitions = string.Join(',', Enumerable.Range(0, 30).Select(static i => $$"""
            "d{{i}}":{"allOf":[{"$ref":"#/$defs/d{{i + 1}}"},{"$ref":"#/$defs/d{{i + 1}}"}]}
            """));
        var schema = Compile($$"""{"$ref":"#/$defs/d0","$defs":{ {{definitions}},"d30":true} }""");
        Assert.Equal("limit", Assert.Single(schema.Validate(Json("1"))).Keyword);
    }

    [Theory]
    [InlineData("1e999999999")]
    [InlineData("-1e-999999999")]
    public void Numbers_that_nobody_means_cost_nothing(string number)
    {
        Assert.NotEmpty(Compile("""{"multipleOf":0.1}""").Validate(Json(number)));
        Assert.NotEmpty(Compile("""{"maximum":1}""").Validate(Json(number)));
    }

    [Fact]
    public void Half_a_surrogate_pair_is_an_error_and_no_crash()
        => Assert.Equal("text", Assert.Single(Compile("""{"minLength":1}""").Validate(Json("""["\ud800"]"""))).Keyword);

    [Fact]
    public void At_most_twenty_errors_are_told()
        => Assert.Equal(20, Compile("""{"items":{"type":"string"}}""").Validate(JsonSerializer.SerializeToElement(Enumerable.Range(0, 100))).Length);

    private static JsonSchema Compile(string schema) => JsonSchema.Compile(Json(schema));

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
