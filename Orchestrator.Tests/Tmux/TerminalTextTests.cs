using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Tmux;

namespace Orchestrator.Tests.Tmux;

public sealed class TerminalTextTests
{
    [Theory]
    [InlineData("plain\n\ttext; 漢字 🙂 #{x}", "plain\n\ttext; 漢字 🙂 #{x}", 0)]
    [InlineData("end\u001b[201~rm -rf /\u0003", "end[201~rm -rf /", 2)]
    [InlineData("eight bit \u009b201~ and \u0085 del \u007f", "eight bit 201~ and  del ", 3)]
    [InlineData("dos\r\nmac\rend", "dos\nmac\nend", 0)]
    public void Control_characters_are_taken_out(string text, string expected, int removed)
    {
        var result = TerminalText.Sanitize(text);

        Assert.Equal((expected, removed), (Encoding.UTF8.GetString(result.Bytes.Span), result.Removed));
    }

    [Fact]
    public void Half_a_surrogate_pair_an_empty_text_and_one_that_is_too_long_are_refused_with_a_reason()
    {
        foreach (var text in (string[])[$"x{(char)0xd800}", $"{(char)0xdc00}x", "", "\u001b", new string('x', TerminalText.LargestBytes + 1), new string('é', TerminalText.LargestBytes / 2 + 1)])
        {
            Assert.False(TerminalText.TrySanitize(text, out var result, out var reason));
            Assert.Null(result);
            Assert.NotEmpty(reason!);
        }

        Assert.Equal(TerminalText.LargestBytes, TerminalText.Sanitize(new string('x', TerminalText.LargestBytes)).Bytes.Length);
    }

    [Fact]
    public void No_control_byte_survives_whatever_goes_in()
    {
        var letters = Gen.Choose(0, 0xd7ff).Select(code => (char)code);
        Prop.ForAll(letters.ArrayOf().Select(text => new string(text)).ToArbitrary(), text =>
            !TerminalText.TrySanitize(text, out var result, out _)
            || Encoding.UTF8.GetString(result!.Bytes.Span).All(letter => letter is '\n' or '\t' || !char.IsControl(letter))).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("#{x}")]
    [InlineData("a-b")]
    [InlineData("01234567890123456789012345678901234567890")]
    public void An_id_that_could_be_a_format_is_refused(string id) => Assert.Throws<FormatException>(() => DeliveryId.Parse(id));
}
