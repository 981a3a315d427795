namespace Orchestrator.Tests.Hocon;

/// <summary>Errors stand at the place a person has to change, and say what to do.</summary>
public sealed class ErrorTests
{
    [Theory]
    [InlineData("a = 1\nb = [1, 2\n", 2, 5, "not closed")]
    [InlineData("a = 1\nb = [1, 2\nc = 3", 3, 3, "array that starts at test.conf:2:5")]
    [InlineData("a {\n  b = 1\n", 1, 3, "not closed")]
    [InlineData("a = 1\n}", 2, 1, "closes nothing")]
    [InlineData("a = 1\n  b 2", 2, 6, "expected '='")]
    [InlineData("a = \"x\nb = 1", 1, 5, "closing double quote")]
    [InlineData("a = \"\"\"x\nb = 1", 1, 5, "triple-quoted")]
    [InlineData("a = \"x\\y\"", 1, 7, "escape")]
    [InlineData("a = x!y", 1, 6, "double quotes")]
    [InlineData("a = !y", 1, 5, "reserved")]
    [InlineData("a =\n", 2, 1, "expected a value")]
    [InlineData("a = 1, , b = 2", 1, 8, "two commas")]
    [InlineData("\n\n   , a = 1", 3, 4, "remove it")]
    [InlineData("a..b = 1", 1, 1, "empty element")]
    [InlineData("a = abc {}", 1, 9, "side by side")]
    [InlineData("a = 1\nb = x${c}", 2, 6, "${?c}")]
    [InlineData("a = 1\nb = ${c}\nc = ${b}", 3, 5, "cycle ${c} -> ${b} -> ${c}")]
    [InlineData("a {\n b = ${a}\n}", 2, 2, "contains itself")]
    [InlineData("a = ${b} [1]\nb = 2", 1, 5, "the number 2")]
    [InlineData("a = ${b} { x = 1 }\nb = 2", 1, 5, "beside an object")]
    [InlineData("a = ${b", 1, 8, "'}'")]
    [InlineData("include foo", 1, 9, "quoted file name")]
    public void An_error_has_the_line_the_column_and_the_remedy(string hocon, int line, int column, string remedy)
    {
        var error = Given.Error(hocon);
        Assert.Contains(remedy, error.Message, StringComparison.Ordinal);
        Assert.Equal($"test.conf:{line}:{column}", error.Origin!.ToString());
        Assert.StartsWith($"test.conf:{line}:{column}: ", error.Message, StringComparison.Ordinal);
    }
}
