using System.CommandLine;

namespace Orchestrator.Cli.Invocation;

/// <summary>The options that every command has.</summary>
internal static class GlobalOptions
{
    public static readonly Option<string?> Url = new("--url") { Description = "The address of the node, or several of one cluster with commas between them (ORC_URL).", Recursive = true, HelpName = "URL" };

    public static readonly Option<string?> Token = new("--token") { Description = "The token to use there (ORC_TOKEN).", Recursive = true, HelpName = "TOKEN" };

    public static readonly Option<string?> Authority = new("--ca") { Description = "The root certificate to believe there, in PEM: that of a lighthouse (ORC_CA).", Recursive = true, HelpName = "FILE" };

    public static readonly Option<string?> Data = new("--data") { Description = "The data folder of a node on this machine (ORC_DATA).", Recursive = true, HelpName = "FOLDER" };

    public static readonly Option<bool> Json = new("--json") { Description = "Print JSON, as the API gives it.", Recursive = true };
}
