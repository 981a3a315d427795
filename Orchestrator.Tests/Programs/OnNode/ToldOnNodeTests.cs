using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Tests.Cli;
using Orchestrator.Tests.Node.Support;
using Orchestrator.Tests.Programs.Model;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Programs.OnNode;

/// <summary>
/// What a real program tells beside its screen: when a turn begins and ends, by its hooks or its transcript, and what it has answered. What its user has set of the kind stays as it is and works.
/// Qwen Code has more of these of its own.
/// </summary>
public abstract class ToldOnNodeTests : IDisposable
{
    private readonly Orc _orc = new();

    internal abstract AgentProgram Program { get; }

    /// <summary>The facts that a turn has: where they come from, and their names.</summary>
    private protected abstract (string Source, string? Name)[] Told { get; }

    /// <summary>The user's own settings, below the home.</summary>
    private protected abstract string Settings { get; }

    /// <summary>Those settings with a command that is called when a turn ends.</summary>
    private protected abstract string With(string settings, string command);

    /// <summary>Starts the node.</summary>
    private protected virtual Task<ProgramNode> StartAsync() => ProgramNode.StartAsync(Program);

    /// <inheritdoc/>
    public void Dispose()
    {
        _orc.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task It_tells_of_each_turn_and_of_its_answer_and_what_its_user_has_set_stays_and_works()
    {
        await using var node = await StartAsync();
        _orc.Environment["ORC_DATA"] = node.Node.Data;
        node.Model.Script = static _ => new ModelScript.Answer("There are 12 files.\n\n    indented ✓ 表示\nand more", TimeSpan.FromMilliseconds(20));
        var called = Path.Combine(node.Node.Work, "called");
        var file = Path.Combine(node.Home.Home, Settings);
        var before = File.Exists(file) ? await File.ReadAllTextAsync(file) : "{}";
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, With(before, $"touch {called}"));
        await node.SpawnReadyAsync("q");

        Assert.Equal("There are 12 files.\n\n    indented ✓ 表示\nand more", (await _orc.RunAsync("send", "q", "How many?", "--wait", "answered")).Expect(0).TrimEnd());
        await node.IsAsync("q", "ready");
        Assert.Equal("There are 12 files.\n\n    indented ✓ 表示\nand more", (await _orc.RunAsync("send", "q", "And now?", "--wait", "answered")).Expect(0).TrimEnd());

        await Eventually.True(async () => Told.All((await ToldAsync(node)).Contains), $"it has told {string.Join(", ", Told)}", ProgramNode.Patience);
        await Eventually.True(() => File.Exists(called), "the user's own command was called");
        await node.IsAsync("q", "ready");
        Assert.Contains($"touch {called}", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
        Assert.DoesNotContain(node.Node.Data, await File.ReadAllTextAsync(file), StringComparison.Ordinal);
        Assert.DoesNotContain("Security Warning", string.Join('\n', (await node.Client.ExplainAsync("q")).Screen), StringComparison.Ordinal);
    }

    private protected static string WithHook(string settings, string @event, string command)
    {
        var all = JsonNode.Parse(settings)!;
        all["hooks"] = new JsonObject { [@event] = JsonSerializer.SerializeToNode(new[] { new { hooks = new[] { new { type = "command", command } } } }) };
        return all.ToJsonString();
    }

    private static async Task<List<(string Source, string? Name)>> ToldAsync(ProgramNode node)
        => [.. (await node.Client.ExplainAsync("q")).Facts.Select(static fact => (fact.Source, fact.Rule))];
}

/// <inheritdoc/>
public sealed class ClaudeToldOnNodeTests : ToldOnNodeTests
{
    internal override AgentProgram Program => new ClaudeProgram();

    private protected override (string Source, string? Name)[] Told => [("hook", "SessionStart"), ("hook", "UserPromptSubmit"), ("hook", "Stop")];

    private protected override string Settings => ".claude/settings.json";

    private protected override string With(string settings, string command) => WithHook(settings, "Stop", command);
}

/// <inheritdoc/>
public sealed class CodexToldOnNodeTests : ToldOnNodeTests
{
    internal override AgentProgram Program => new CodexProgram();

    private protected override (string Source, string? Name)[] Told => [("transcript", "begun"), ("transcript", "over"), ("hook", "agent-turn-complete")];

    private protected override string Settings => ".codex/config.toml";

    private protected override string With(string settings, string command) => $"notify = [\"sh\", \"-c\", \"{command}\"]\n{settings}";
}

/// <inheritdoc/>
public sealed class GeminiToldOnNodeTests : ToldOnNodeTests
{
    internal override AgentProgram Program => new GeminiProgram();

    // Its hooks are installed only where all belongs to root, below no folder that others may write to: a test's folders are no such place.
    private protected override (string Source, string? Name)[] Told => [("transcript", "begun")];

    private protected override string Settings => ".gemini/settings.json";

    private protected override string With(string settings, string command) => WithHook(settings, "AfterAgent", command);
}

/// <summary>The same where everything of the node belongs to root, and nobody else may write there: then the program calls its hooks. Elsewhere there is nothing to show.</summary>
public sealed class GeminiHooksOnNodeTests : ToldOnNodeTests
{
    internal override AgentProgram Program => new GeminiProgram();

    private protected override (string Source, string? Name)[] Told
        => Environment.IsPrivilegedProcess ? [("hook", "SessionStart"), ("hook", "BeforeAgent"), ("hook", "AfterAgent")] : [("transcript", "begun")];

    private protected override string Settings => ".gemini/settings.json";

    private protected override Task<ProgramNode> StartAsync()
        => ProgramNode.StartAsync(Program, Environment.IsPrivilegedProcess ? NodeUnderTest.CreateBelow(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)) : NodeUnderTest.Create());

    private protected override string With(string settings, string command) => WithHook(settings, "AfterAgent", command);
}
