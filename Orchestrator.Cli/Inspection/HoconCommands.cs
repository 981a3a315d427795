using System.CommandLine;
using Orchestrator.Cli.Completion;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Inspection;

/// <summary><c>pbm hocon</c>: the settings in force.</summary>
internal static class HoconCommands
{
    public static Command Create() => new OrcCommand("hocon", "The settings in force.") { Show(), Get() };

    private static OrcCommand Show()
    {
        var prefix = new Argument<string?>("PATH") { Description = "Only settings under this path.", Arity = ArgumentArity.ZeroOrOne }.CompletedBy(PathsAsync);
        return new OrcCommand("show", "Print the settings in force with where each was set, secrets redacted.", "pbm hocon show orchestrator.node") { prefix }.Runs(async (context, cancellationToken) =>
        {
            var under = context.Get(prefix);
            var settings = await context.Client.ListSettingsAsync(cancellationToken);
            settings = [.. settings.Where(s => under is null || s.Path == under || s.Path.StartsWith(under + ".", StringComparison.Ordinal))];
            return context.Print(settings, ApiJson.Readable.ImmutableArraySettingInfo, static list => Tables.Write(["PATH", "VALUE", "FROM"], list.Select(static s => new Cell[] { s.Path, s.Value, new(s.Origin ?? "-", Tone.Quiet) })));
        });
    }

    private static OrcCommand Get()
    {
        var path = new Argument<string>("PATH") { Description = "The setting." }.CompletedBy(PathsAsync);
        return new OrcCommand("get", "Print one setting.", "pbm hocon get orchestrator.node.name") { path }.Runs(async (context, cancellationToken) =>
        {
            var found = (await context.Client.ListSettingsAsync(cancellationToken)).FirstOrDefault(s => s.Path == context.Get(path));
            return found is null
                ? context.Fail("not-found", $"there is no setting {context.Get(path)}: pbm hocon show lists all")
                : context.Print(found, ApiJson.Readable.SettingInfo, static s => Console.Out.WriteLine(SafeText.Of(s.Value ?? string.Empty)));
        });
    }

    private static async Task<IEnumerable<string>> PathsAsync(OrchestratorClient client, CancellationToken cancellationToken) => (await client.ListSettingsAsync(cancellationToken)).Select(static s => s.Path);
}
