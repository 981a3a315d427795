using Orchestrator.Cli;
using Orchestrator.Cli.DemoAgent;

return args is ["demo-agent", .. var words] ? DemoAgentProgram.Run(words) : ExitCodes.Usage;
