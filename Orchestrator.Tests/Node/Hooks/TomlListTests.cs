using Orchestrator.Node.Hooks;

namespace Orchestrator.Tests.Node.Hooks;

/// <summary>A user's own command, as a program's settings have it.</summary>
public sealed class TomlListTests
{
    [Theory]
    [InlineData("notify = [\"python3\", \"/home/me/notify.py\"]", "python3", "/home/me/notify.py")]
    [InlineData("notify=[]")]
    [InlineData("model = \"x\"")]
    [InlineData("[notify]\nnotify = [\"of a table\"]")]
    [InlineData("# notify = [\"not this\"]\n\"notify\" = [ 'C:\\raw', # one\n  \"two \\\"\\u0041\\n\", ]", "C:\\raw", "two \"A\n")]
    [InlineData("text = \"\"\"\nnotify = [\"not this\"]\n\"\"\"\nlist = [[1, 2], { a = \"]\" }]\nat = 1979-05-27T07:32:00Z # then\na.b = { c = [\"}\"] }\nnotify = ['''\nin\nrows''']", "in\nrows")]
    public void The_words_are_found(string toml, params string[] words) => Assert.Equal(words, TomlList.Find(toml, "notify"));

    [Theory]
    [InlineData("notify = \"sh\"")]
    [InlineData("notify = [\"sh\", 1]")]
    [InlineData("notify = [\"sh\"")]
    [InlineData("notify = [\"sh]\n")]
    [InlineData("notify = [\"\\x\"]")]
    [InlineData("notify")]
    [InlineData("a = { b = 1\nnotify = [\"sh\"]")]
    public void What_cannot_be_read_is_said(string toml) => Assert.StartsWith("line ", Assert.Throws<FormatException>(() => TomlList.Find(toml, "notify")).Message, StringComparison.Ordinal);
}
