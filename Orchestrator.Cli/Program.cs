using System.CommandLine;
using System.CommandLine.Invocation;
using Orchestrator.Cli;
using Orchestrator.Cli.DemoAgent;
using Orchestrator.Cli.Invocation;

if (args is ["demo-agent", .. var words])
{
    return DemoAgentProgram.Run(words);
}

string[] typed = StartedAs.Pbm() ? ["pbm", .. args] : args.Length == 0 ? ["--help"] : args;

// Texts begin with @ and files are named by --file: no response files.
var parse = CommandTree.Create().Parse(typed, new ParserConfiguration { ResponseFileTokenReplacer = null });
if (parse.Action is ParseErrorAction)
{
    foreach (var error in parse.Errors)
    {
        await Console.Error.WriteLineAsync($"orc: {error.Message}");
    }

    await Console.Error.WriteLineAsync($"Try: {CommandLineText.Of(parse.CommandResult)} --help");
    return ExitCodes.Usage;
}

return await parse.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
