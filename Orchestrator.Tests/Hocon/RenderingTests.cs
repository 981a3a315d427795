using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Hocon;

namespace Orchestrator.Tests.Hocon;

/// <summary>What is rendered reads back the same.</summary>
public sealed class RenderingTests
{
    [Fact]
    public void Hocon_is_written_with_origins_as_comments()
    {
        var config = Given.Config("orchestrator.node.port = 1\norchestrator { list = [a, {b = 1}], \"x y\" = null, e {} }");
        Assert.Equal(
            """
            orchestrator {
              node {
                port = 1  # test.conf:1:26
              }
              list = [
                "a"  # test.conf:2:24
                {
                  b = 1  # test.conf:2:32
                }
              ]  # test.conf:2:23
              "x y" = null  # test.conf:2:45
              e {}  # test.conf:2:53
            }
            """,
            HoconRenderer.Render(config, new HoconRenderOptions { Origins = true }));
    }

    [Fact]
    public void Paths_are_redacted()
    {
        var config = Given.Config("a { password = p1, b { password = p2 } }, tokens = [t1, t2], keys { x { secret { deep = s } } }, shown = 1");
        var options = new HoconRenderOptions { Json = true, Redact = ["**.password", "tokens.*", "keys.*.secret"] };
        Given.IsJson(
            HoconParser.Parse(HoconRenderer.Render(config, options)).Resolve(),
            """{"a":{"password":"<redacted>","b":{"password":"<redacted>"}},"tokens":["<redacted>","<redacted>"],"keys":{"x":{"secret":"<redacted>"}},"shown":1}""");
    }

    [Fact]
    public void Any_value_reads_back_the_same_from_hocon() => Check.QuickThrowOnFailure(
        Prop.ForAll(Values.ToArbitrary(), value => Reads(HoconRenderer.Render(value)).Equals(value)));

    [Fact]
    public void Any_value_reads_back_the_same_from_hocon_with_origins() => Check.QuickThrowOnFailure(
        Prop.ForAll(Values.ToArbitrary(), value => Reads(HoconRenderer.Render(value, new HoconRenderOptions { Origins = true })).Equals(value)));

    [Fact]
    public void Any_value_reads_back_the_same_from_json_with_equal_hash() => Check.QuickThrowOnFailure(
        Prop.ForAll(Values.ToArbitrary(), value =>
        {
            var read = Reads(HoconRenderer.Render(value, new HoconRenderOptions { Json = true }));
            return read.Equals(value) && read.GetHashCode() == value.GetHashCode();
        }));

    [Fact]
    public void Any_path_reads_back_the_same() => Check.QuickThrowOnFailure(
        Prop.ForAll(Gen.NonEmptyListOf(Keys).Select(keys => keys.Take(50).ToList()).ToArbitrary(), keys =>
        {
            var path = HoconPath.Root.Append(keys);
            return HoconPath.Parse(path.ToString()).Equals(path);
        }));

    [Fact]
    public void Layering_an_object_over_itself_changes_nothing() => Check.QuickThrowOnFailure(
        Prop.ForAll(Values.ToArbitrary(), value =>
        {
            var document = HoconParser.Parse(HoconRenderer.Render(value));
            return document.WithFallback(document).Resolve().Equals(value);
        }));

    private static HoconObject Reads(string text) => HoconParser.Parse(text).Resolve();

    private static Gen<string> Keys => Gen.OneOf(
        Gen.Elements("a", "b", "include", "true", "10", "1.5", "", " ", "a b", "x.y", "ünï", "-", "\"", "${a}", "#", "//", "\\", "\n"),
        Strings);

    private static Gen<string> Strings => ArbMap.Default.GeneratorFor<string>().Select(text => text ?? "")
        .Or(Gen.Elements("", " ", "\"", "\"\"\"", "\\u0041", "\ud800", "\ud83d\ude00", "\u0000", "\u2028", "${x}", "a # b", "null", "42"));

    private static Gen<HoconValue> Scalars => Gen.OneOf(
        Strings.Select(text => Scalar(HoconKind.String, text)),
        Gen.Elements("0", "-0", "1", "-17", "3.14", "1e5", "1E-7", "9223372036854775807", "123456789012345678901234567890").Select(text => Scalar(HoconKind.Number, text)),
        Gen.Elements("true", "false").Select(text => Scalar(HoconKind.Boolean, text)),
        Gen.Constant(Scalar(HoconKind.Null, "null")));

    private static Gen<HoconObject> Values => Gen.Sized(size => Objects(Math.Min(size, 4)));

    private static Gen<HoconValue> Any(int depth) => depth == 0
        ? Scalars
        : Gen.Frequency(
            (3, Scalars),
            (1, Objects(depth - 1).Select(o => (HoconValue)o)),
            (1, Gen.ListOf(Any(depth - 1)).Select(items => (HoconValue)new HoconArray(HoconOrigin.Of("generated"), [.. items.Take(6)]))));

    private static Gen<HoconObject> Objects(int depth) => Gen.ListOf(Keys.Zip(Any(depth))).Select(fields =>
    {
        var all = new OrderedDictionary<string, HoconField>(StringComparer.Ordinal);
        foreach (var (key, value) in fields.Take(6))
        {
            all[key] = new HoconField(value, HoconOrigin.Of("generated\nelsewhere"));
        }

        return new HoconObject(HoconOrigin.Of("generated"), all);
    });

    private static HoconValue Scalar(HoconKind kind, string text) => new HoconScalar(HoconOrigin.Of("gen\nerated"), kind, text);
}
