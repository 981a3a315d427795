using Orchestrator.Actors.Identity;
using Orchestrator.Runtime;
using Orchestrator.Tests.Api;

namespace Orchestrator.Tests.Cli;

/// <summary>How <c>orc</c> finds a node and a token.</summary>
public sealed class DiscoveryTests : IAsyncLifetime
{
    private readonly Orc _orc = new();
    private ApiNode _node = null!;

    public async Task InitializeAsync() => _node = await ApiNode.StartAsync();

    public async Task DisposeAsync()
    {
        _orc.Dispose();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task By_options_or_environment()
    {
        (await _orc.RunAsync("ls", "--url", _node.Address.ToString(), "--token", _node.AdminToken)).Expect(0);
        (await _orc.RunAsync("ls", "--data", _node.Data)).Expect(0);
        _orc.Environment["ORC_DATA"] = _node.Data;
        (await _orc.RunAsync("ls")).Expect(0);
        _orc.Environment["ORC_DATA"] = "/no/such/folder";
        (await _orc.RunAsync("ls")).Expect(1);
        _orc.Environment["ORC_URL"] = _node.Address.ToString();
        (await _orc.RunAsync("ls")).Expect(1);
        _orc.Environment["ORC_TOKEN"] = _node.AdminToken;
        (await _orc.RunAsync("ls")).Expect(0);
    }

    [Fact]
    public async Task In_the_default_data_folder()
    {
        Directory.CreateDirectory(Path.Combine(_orc.Home, ".local/share"));
        Directory.CreateSymbolicLink(Path.Combine(_orc.Home, ".local/share/orchestrator"), _node.Data);
        (await _orc.RunAsync("ls")).Expect(0);
        _orc.Environment["XDG_DATA_HOME"] = Path.Combine(_orc.Home, "elsewhere");
        (await _orc.RunAsync("ls")).Expect(1);
    }

    [Fact]
    public async Task The_file_that_a_killed_node_left_behind_is_not_believed()
    {
        await File.WriteAllTextAsync(Path.Combine(_node.Data, "node.json"), $$"""{"address":"{{_node.Address}}","pid":4194304,"name":"n1"}""");
        var result = await _orc.RunAsync("ls", "--data", _node.Data);
        result.Expect(1);
        Assert.Contains("no node is running", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_is_not_taken_is_said_to_be_so()
    {
        var result = await _orc.RunAsync("ls", "--data", _node.Data, "--token", Secret.NewToken());
        result.Expect(1);
        Assert.Contains("token", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_is_kept_for_its_owner_only_and_used_from_then_on()
    {
        var code = Secret.NewSetupCode();
        await _node.System.AskAsync(Setup.Entity, new IssueSetupCode(Secret.HashOf(code)), CommandId.New(TimeProvider.System), new Sender("node"));
        (await _orc.RunAsync("login", "--url", _node.Address.ToString(), "--code", "WRONG")).Expect(1);
        Assert.Contains("logged in as alice", (await _orc.RunAsync("login", "--url", _node.Address.ToString(), "--code", code, "--name", "alice")).Expect(0), StringComparison.Ordinal);
        var file = Path.Combine(_orc.Home, ".config/orchestrator/login.json");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        (await _orc.RunAsync("ls")).Expect(0);
    }
}
