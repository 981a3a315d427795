using System.Text;
using Orchestrator.Hocon;

namespace Orchestrator.Tests.Hocon;

/// <summary>Whatever the text, the process stays up: the answer is a value or an error.</summary>
public sealed class HostileInputTests
{
    private const int Many = 100_000;

    public static TheoryData<string> Deep => new(
        new string('[', Many),
        new string('[', Many) + new string(']', Many),
        string.Concat(Enumerable.Repeat("{a:", Many)),
        string.Concat(Enumerable.Repeat("a{", Many)),
        string.Join('.', Enumerable.Repeat("a", Many)) + " = 1",
        string.Concat(Enumerable.Repeat("[{a:", Many)),
        "x = ${" + string.Join('.', Enumerable.Repeat("a", Many)) + "}",
        string.Concat(Enumerable.Repeat("{a += [", Many)));

    [Theory]
    [MemberData(nameof(Deep))]
    public void Deep_nesting_is_an_error(string text) =>
        Assert.Contains("200", Assert.Throws<HoconException>(() => HoconParser.Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("[", "]", "")]
    [InlineData("{a:", "}", "1")]
    [InlineData("a{", "}", "b=1")]
    public void Nesting_up_to_the_limit_is_read_and_rendered(string open, string close, string inner)
    {
        var text = string.Concat(Enumerable.Repeat(open, 199)) + inner + string.Concat(Enumerable.Repeat(close, 199));
        var value = HoconParser.Parse(text).ResolveValue();
        Assert.Equal(value, HoconParser.Parse(HoconRenderer.Render(value)).ResolveValue());
    }

    [Fact]
    public void A_long_chain_of_substitutions_is_an_error_not_a_crash()
    {
        var text = new StringBuilder();
        for (var i = 0; i < Many; i++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i} = ${{a{i + 1}}}\n");
        }

        Assert.Contains("chain", Given.Error(text.ToString()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_chain_of_objects_inside_substitutions_is_an_error_not_a_crash()
    {
        var text = string.Join('\n', Enumerable.Range(0, 5000).Select(i => $"a{i} {{ x = ${{a{i + 1}}} }}"));
        Assert.Contains("chain", Given.Error(text).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chain_that_a_person_might_write_resolves()
    {
        var text = string.Join('\n', Enumerable.Range(0, 150).Select(i => $"a{i} = ${{a{i + 1}}}x")) + "\na150 = y";
        Assert.Equal(151, Given.Config(text).GetString("a0").Length);
    }

    [Theory]
    [InlineData("a{0} = [${{a{1}}}, ${{a{1}}}]", "[1]")]
    [InlineData("a{0} = {{ x = ${{a{1}}}, y = ${{a{1}}} }}", "{ z = 1 }")]
    [InlineData("a{0} = ${{a{1}}} ${{a{1}}} {{ x = ${{a{1}}}, y = ${{a{1}}} }}", "{ z = 1 }")]
    [InlineData("a{0} = ${{a{1}}} ${{a{1}}}", "[1]")]
    [InlineData("a{0} = ${{a{1}}} ${{a{1}}}", "some text")]
    public void Substitutions_that_double_each_time_are_an_error_before_memory_is_gone(string line, string last)
    {
        var format = CompositeFormat.Parse(line);
        var text = string.Join('\n', Enumerable.Range(0, 60).Select(i => string.Format(System.Globalization.CultureInfo.InvariantCulture, format, i, i + 1))) + "\na60 = " + last;
        Given.Error(text);
    }

    [Fact]
    public void Many_fields_under_one_path_are_read_in_reasonable_time()
    {
        var text = string.Join('\n', Enumerable.Range(0, 20_000).Select(i => $"a.b.k{i} = ${{base}}{i}")) + "\nbase = x";
        Assert.Equal(20_000, Given.Config(text).GetObject("a.b").Count);
    }

    [Theory]
    [InlineData("a += {0}")]
    [InlineData("a = ${{?none{0}}}")]
    public void A_key_may_be_set_ever_so_often(string line)
    {
        var format = CompositeFormat.Parse(line);
        Given.Config("a = [0]\n" + string.Join('\n', Enumerable.Range(0, 20_000).Select(i => string.Format(System.Globalization.CultureInfo.InvariantCulture, format, i)))).GetArray("a");
    }

    [Theory]
    [InlineData("a = ${{a}} [{0}]")]
    [InlineData("a = ${{a}} {{ k{0} = 1 }}")]
    [InlineData("a += {{ k = {0} }}")]
    public void Looking_back_ever_so_often_is_an_error_soon(string line)
    {
        var format = CompositeFormat.Parse(line);
        Given.Error(string.Join('\n', Enumerable.Range(0, 20_000).Select(i => string.Format(System.Globalization.CultureInfo.InvariantCulture, format, i))));
    }

    [Fact]
    public void An_include_of_an_endless_device_is_an_error()
    {
        if (OperatingSystem.IsLinux())
        {
            Assert.Contains("bytes allowed", Given.Error("include \"/dev/zero\"").Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Substitutions_between_few_keys_in_any_arrangement_resolve_the_same_twice_or_are_refused()
    {
        string[] values = ["${a}", "${?b}", "${c}", "${?a.b}", "${c.a}", "[1]", "[${?b}]", "{ a = ${?c}, b = 1 }", "{ c += ${?a}, b = ${b} }", "x", "${a} ${?b}", "${?c} { a = 2 }", "${?b} [2]", "\"s\"${?c}", "null"];
        string[] keys = ["a", "b", "c", "a.b", "c.a", "b.c"];
        var random = new Random(7);
        var resolved = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var lines = Enumerable.Range(0, random.Next(1, 8)).Select(_ => $"{keys[random.Next(keys.Length)]} {(random.Next(6) == 0 ? "+=" : "=")} {values[random.Next(values.Length)]}");
            var document = Given.Document(string.Join('\n', lines));
            try
            {
                Assert.Equal(document.ResolveValue(), document.ResolveValue());
                resolved++;
            }
            catch (HoconException error)
            {
                Assert.NotNull(error.Origin);
            }
        }

        Assert.InRange(resolved, 1000, 19_999);
    }

    [Fact]
    public void A_text_above_the_limit_of_characters_is_an_error() =>
        Assert.Contains("100 characters", Assert.Throws<HoconException>(() => HoconParser.Parse(new string(' ', 101), new HoconOptions { MaxCharacters = 100 })).Message, StringComparison.Ordinal);

    [Fact]
    public void Every_prefix_and_every_mutation_of_a_text_is_read_or_refused_with_a_place()
    {
        const string text = "a.b : ${?x} [1, {c = \"\\u0041\"}] [${a.d}] # c\ninclude \"n\"\n\"q\" += \"\"\"t\"\"\", a.d = 1.5e-3 s\na { e = ${a.d} } { f : null }";
        var random = new Random(20240229);
        var options = new HoconOptions { SourceName = "test.conf", BaseFolder = "/nonexistent" };
        for (var i = 0; i < 20_000; i++)
        {
            var mutant = new StringBuilder(text[..random.Next(text.Length + 1)]);
            for (var n = random.Next(4); n > 0 && mutant.Length > 0; n--)
            {
                mutant[random.Next(mutant.Length)] = "{}[]\"$,:=+.\n #/\\a1-?"[random.Next(20)];
            }

            try
            {
                HoconParser.Parse(mutant.ToString(), options).ResolveValue();
            }
            catch (HoconException error)
            {
                Assert.NotNull(error.Origin);
            }
        }
    }
}
