using Orchestrator.Actors.Identity;
using Orchestrator.Node.Settings;
using Orchestrator.Runtime;

namespace Orchestrator.Node.Hosting;

/// <summary>Makes sure that the person who runs the node can use it: a token for the local CLI, and a one-time set-up code until the first administrator has one.</summary>
internal sealed class FirstSetup(NodeSettings settings, ActorSystem system, TimeProvider time)
{
    private static readonly Sender Node = new("node");

    /// <summary>The file that holds the local CLI's token, readable by its owner only.</summary>
    public string TokenFile => Path.Combine(settings.Data, "cli.token");

    /// <summary>Writes the token of the local CLI unless there is a valid one.</summary>
    public async Task EnsureTokenAsync(CancellationToken cancellation)
    {
        if (File.Exists(TokenFile))
        {
            var known = (await File.ReadAllTextAsync(TokenFile, cancellation)).Trim();
            await system.Views.WaitForAsync(await system.Events.GetHeadAsync(cancellation), cancellation);
            if (await system.Views.GetAsync<TokenView>(TokenView.ViewName, Secret.HashOf(known), cancellation) is { } view && view.IsValid(system.Clock.Now))
            {
                return;
            }
        }

        var token = Secret.NewToken();
        var answer = await system.AskAsync(
            Token.Entity(Secret.HashOf(token)), new IssueToken("cli", [Scopes.Admin], ExpiresAt: null), CommandId.New(time), Node, cancellation);
        await system.Views.WaitForAsync(answer.Position, cancellation);
        await PrivateFile.WriteAsync(TokenFile, token + "\n", cancellation);
    }

    /// <summary>A new set-up code; null once the first administrator has a token.</summary>
    public async Task<string?> NewCodeAsync(CancellationToken cancellation)
    {
        var code = Secret.NewSetupCode();
        var answer = await system.AskAsync(Setup.Entity, new IssueSetupCode(Secret.HashOf(code)), CommandId.New(time), Node, cancellation);
        return answer.Reply is Refused ? null : code;
    }
}
