using System.Text;

using Orchestrator.Node.Channels;
using Orchestrator.Node.Profiles;
using Orchestrator.Tests.Support;
using Shipped = Orchestrator.Tests.Node.Profiles.Profiles;

namespace Orchestrator.Tests.Node.Channels;

public sealed class ChannelOutputTests : IDisposable
{
    private const int Long = 3 * 1024 * 1024;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_written_before_a_message_takes_no_room_and_what_comes_after_it_is_found()
    {
        var context = new LaunchContext("a", 7, "/", _folder.Path, "orc", new Dictionary<string, string>(StringComparer.Ordinal), []);
        Directory.CreateDirectory(_folder["channel"]);
        var file = _folder["channel/7.out"];
        using var program = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
        program.Write(Encoding.ASCII.GetBytes(new string('x', Long - 1) + "\n"));
        program.Flush();

        var search = ChannelOutput.FromNow(Shipped.Qwen.Channel!.Output!, context);
        Assert.Null(search.Find("m1", "SEAL22"));
        program.Write(Encoding.UTF8.GetBytes("""{"type":"user","uuid":"1","session_id":"2","parent_tool_use_id":null,"message":{"role":"user","content":[{"type":"text","text":"[message m1 from x] ends with [end SEAL22]\nhello"}]}}""" + "\n"));
        program.Flush();

        Assert.Equal(Long, search.Find("m1", "SEAL22")!.Offset);
        if (OperatingSystem.IsLinux())
        {
            var content = File.ReadAllBytes(file);
            Assert.Equal((0, (byte)'x'), (content[0], content[Long - 2]));
        }
    }

    [Fact]
    public void What_the_program_says_of_an_answer_or_a_tool_is_no_proof()
    {
        var context = new LaunchContext("a", 7, "/", _folder.Path, "orc", new Dictionary<string, string>(StringComparer.Ordinal), []);
        Directory.CreateDirectory(_folder["channel"]);
        var search = ChannelOutput.FromNow(Shipped.Qwen.Channel!.Output!, context);
        File.WriteAllLines(_folder["channel/7.out"], [
            """{"type":"assistant","uuid":"1","message":{"role":"assistant","content":[{"type":"text","text":"m1 SEAL22"}]}}""",
            """{"type":"user","uuid":"2","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"3","is_error":false,"content":"m1 SEAL22"}]}}""",
            """{"type":"stream_event","event":{"type":"content_block_delta","delta":{"type":"text_delta","text":"\"message\":{\"role\":\"user\" m1 SEAL22"}}}""",
        ]);

        Assert.Null(search.Find("m1", "SEAL22"));
    }
}
