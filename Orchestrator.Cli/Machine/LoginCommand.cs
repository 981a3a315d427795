using System.CommandLine;
using System.Text.Json;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Machine;

/// <summary><c>orc login</c>.</summary>
internal static class LoginCommand
{
    public static Command Create()
    {
        var code = new Option<string>("--code") { Description = "The one-time set-up code that the node printed when it first started.", Required = true, HelpName = "CODE" };
        var name = new Option<string>("--name") { Description = "Your name, as others see it.", DefaultValueFactory = static _ => Environment.UserName, HelpName = "NAME" };
        return new OrcCommand("login", "Exchange the one-time set-up code for the first administrator's token, and keep it.", "orc login --code ABCDE-FGHJK-MNPQR-STUVW", "orc login --url http://127.0.0.1:7717 --code ABCDE-FGHJK-MNPQR-STUVW --name alice") { code, name }.Runs(async (context, cancellationToken) =>
        {
            var address = Address(context.Choice);
            using var client = new OrchestratorClient(new NodeConnection(address, string.Empty, "no token yet"));
            var token = await client.SetUpAsync(new SetupRequest(context.Get(code)!, context.Get(name)!), cancellationToken);
            Keep(new Login(address.ToString(), token.Token));
            return context.Print(token, ApiJson.Readable.TokenInfo, t =>
            {
                Tables.Line(new Cell($"logged in as {t.Name}; the token is kept in {NodeLocator.LoginFile}", Tone.Good));
                Tables.Line($"it is shown this once: {t.Token}");
            });
        });
    }

    private static Uri Address(NodeChoice choice)
    {
        var url = choice.Url ?? Environment.GetEnvironmentVariable("ORC_URL") ?? NodeLocator.ReadNode(choice.DataFolder ?? NodeLocator.DefaultDataFolder)?.Address;
        return Uri.TryCreate(url, UriKind.Absolute, out var address)
            ? address
            : throw new UsageException("no node is running here: name one with --url, for example --url http://127.0.0.1:7717");
    }

    private static void Keep(Login login)
    {
        var file = NodeLocator.LoginFile;
        Directory.CreateDirectory(Path.GetDirectoryName(file)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        // Made with its mode and moved into place, so that nobody else can ever read it.
        var partial = $"{file}.{Environment.ProcessId}";
        using (var stream = new FileStream(partial, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
        {
            JsonSerializer.Serialize(stream, login, ApiJson.Wire.Login);
        }

        File.Move(partial, file, overwrite: true);
    }
}
