using System.CommandLine;
using System.CommandLine.Parsing;

namespace Orchestrator.Cli.Invocation;

/// <summary>The name that this program was started by.</summary>
internal static class StartedAs
{
    /// <summary>Whether that is <c>pbm</c>: a link to <c>orc</c>.</summary>
    public static bool Pbm()
    {
        // .NET knows only the file that the link leads to; the kernel knows the word that was typed.
        const string commandLine = "/proc/self/cmdline";
        if (!File.Exists(commandLine))
        {
            return false;
        }

        var typed = File.ReadAllText(commandLine);
        var end = typed.IndexOf('\0', StringComparison.Ordinal);
        return Path.GetFileName(end < 0 ? typed : typed[..end]) == "pbm";
    }
}

/// <summary>A command as it would be typed.</summary>
internal static class CommandLineText
{
    /// <summary>The words that lead to the command of <paramref name="result"/>.</summary>
    public static string Of(CommandResult result)
    {
        var words = new List<string>();
        for (SymbolResult? at = result; at is CommandResult command; at = at.Parent)
        {
            words.Insert(0, command.Command is RootCommand ? "orc" : command.Command.Name);
        }

        return string.Join(' ', words);
    }
}
