using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Orchestrator.Cli.Agents;
using Orchestrator.Cli.CheckIns;
using Orchestrator.Cli.Completion;
using Orchestrator.Cli.Conversations;
using Orchestrator.Cli.Dialogs;
using Orchestrator.Cli.Gaps;
using Orchestrator.Cli.History;
using Orchestrator.Cli.Inspection;
using Orchestrator.Cli.Machine;
using Orchestrator.Cli.Messages;
using Orchestrator.Cli.Nodes;
using Orchestrator.Cli.Own;
using Orchestrator.Cli.Recovery;
using Orchestrator.Cli.Tasks;
using Orchestrator.Cli.Teams;

namespace Orchestrator.Cli.Invocation;

/// <summary>All commands.</summary>
internal static class CommandTree
{
    private const string Epilogue = """

        Exit codes:
          0  it happened          2    the command line makes no sense, nothing was done
          1  it did not happen    3    not known, or not within the time; it may still happen
        """;

    public static RootCommand Create()
    {
        var root = new RootCommand("Runs fleets of command-line AI agents in tmux.")
        {
            GlobalOptions.Url, GlobalOptions.Token, GlobalOptions.Authority, GlobalOptions.Data, GlobalOptions.Json,
            SpawnCommand.Create(), ListCommands.Ls(), ListCommands.Show(), SendCommand.Create(), InboxCommand.Create(), OutputCommand.Create(), TranscriptCommand.Create(), EventCommands.Logs(),
            DecideCommands.Approve(), DecideCommands.Reject(), DecideCommands.Answer(), PolicyCommands.Choose(), PolicyCommands.List(),
            AttachCommand.Create(), WaitCommand.Create(), ExplainCommand.Create(),
            LifecycleCommands.Start(), LifecycleCommands.Stop(), LifecycleCommands.Restart(), LifecycleCommands.Remove(), LifecycleCommands.Adopt(), LifecycleCommands.Rebrief(),
            TaskCommands.Create(), GapCommands.Create(), CheckInCommands.Create(), RecoveryCommands.Create(),
            TeamCommands.Create(), MergeCommands.Create(), HistoryCommand.Create(),
            TransitionCommand.Create(), MoveCommand.Create(), NodeCommands.Create(), CleanUpCommand.Create(), RoleCommands.Create(), RecordCommand.Create(), QuotaCommands.Create(),
            ProfilesCommand.Create(), ProfileCommands.Create(), JournalCommands.Create(), DoctorCommand.Create(), DemoCommand.Create(), CompletionCommand.Create(), LoginCommand.Create(), InspectionCommands.Pbm(),
            QuestionCommands.Create(), HandOverCommands.Create(), HandOverCommands.End(), WhoAmICommand.Create(), McpCommand.Create(),
            ProtocolCommands.Message(), ProtocolCommands.Protocol(), ProtocolCommands.Route(), ConversationCommands.Create(),
        };
        foreach (var palette in InspectionCommands.Palettes())
        {
            root.Add(palette);
        }

        foreach (var option in root.Options)
        {
            if (option is HelpOption { Action: SynchronousCommandLineAction plain } help)
            {
                help.Action = new HelpWithExamples(plain);
            }
        }

        return root;
    }

    private sealed class HelpWithExamples(SynchronousCommandLineAction plain) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            plain.Invoke(parseResult);
            var output = parseResult.InvocationConfiguration.Output;
            if (parseResult.CommandResult.Command is OrcCommand { Examples.Count: > 0 } command)
            {
                output.WriteLine("Examples:");
                foreach (var example in command.Examples)
                {
                    output.WriteLine($"  {example}");
                }
            }
            else if (parseResult.CommandResult.Command is RootCommand)
            {
                output.WriteLine(Epilogue.TrimStart('\n'));
            }

            return ExitCodes.Happened;
        }
    }
}
