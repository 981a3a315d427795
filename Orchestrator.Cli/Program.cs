using System.CommandLine;
using Orchestrator.Cli.DemoAgent;
using Orchestrator.Cli.Invocation;

if (args is ["demo-agent", .. var words])
{
    return DemoAgentProgram.Run(words);
}

string[] typed = StartedAs.Pbm() ? ["pbm", .. args] : args.Length == 0 ? ["--help"] : args;
return await OrcCommandLine.RunAsync(typed, new InvocationConfiguration { EnableDefaultExceptionHandler = false }, CancellationToken.None);
