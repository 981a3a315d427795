using System.CommandLine;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Agents;

/// <summary><c>orc spawn</c>.</summary>
internal static class SpawnCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static Command Create()
    {
        var name = new Argument<string>("NAME") { Description = "Its name: lower-case letters, digits and dashes, at most 40." };
        var words = new Argument<string[]>("COMMAND") { Description = "After --: the command to run, for profiles that allow it (shell).", Arity = ArgumentArity.ZeroOrMore };
        var profile = new Option<string>("--profile", "-p") { Description = "How its program is driven: see orc profiles.", Required = true, HelpName = "PROFILE" };
        var folder = new Option<string>("--folder", "-C") { Description = "The working folder.", DefaultValueFactory = static _ => ".", HelpName = "FOLDER" };
        var role = new Option<string?>("--role") { Description = "Its role (developer, qa, orchestrator, ...).", HelpName = "ROLE" };
        var called = new Option<string?>("--display-name") { Description = "A name for people.", HelpName = "TEXT" };
        var reportsTo = new Option<string?>("--reports-to") { Description = "The agent that it reports to.", HelpName = "NAME" };
        var model = new Option<string?>("--model") { Description = "The model, in place of its role's.", HelpName = "MODEL" };
        var temperature = new Option<double?>("--temperature") { Description = "The temperature, 0 to 2, in place of its role's; few programs can be told.", HelpName = "NUMBER" };
        var worktree = new Option<bool>("--worktree") { Description = "Give it a git worktree and branch of its own." };
        var branch = new Option<string?>("--branch") { Description = "The branch of the worktree (agent/NAME unless said).", HelpName = "BRANCH" };
        var meta = AgentArguments.Metadata("Metadata, may be given several times.");
        var successor = new Option<string?>("--successor-of") { Description = "The agent whose work it takes over: it is told what that one has left (orc handover show).", HelpName = "NAME" };
        var noTools = new Option<bool>("--no-tools") { Description = "Do not tell its program of the tools of the orchestrator." };
        var policy = new Option<string?>("--policy") { Description = "The policy that decides its dialogs: see orc policies (that of its role).", HelpName = "POLICY" };
        var node = new Option<string?>("--node") { Description = "The node of the cluster to start it on (the one with the fewest agents).", HelpName = "NODE" };
        var labels = new Option<string[]>("--label") { Description = "Only on a node with this label, may be given several times.", HelpName = "LABEL" };
        var loss = new Option<string?>("--on-node-loss") { Description = "What becomes of it when its node is lost: wait, re-place, leave (what the node is set to).", HelpName = "POLICY" };
        var noStart = new Option<bool>("--no-start") { Description = "Register it only." };
        var wait = new Option<bool>("--wait", "-w") { Description = "Wait until it takes messages, has failed or needs a person." };
        var timeout = Durations.Option("--timeout", "How long to wait (2m).");
        return new OrcCommand(
            "spawn",
            "Register an agent and start its program in a pane.",
            "orc spawn a1 --profile demo --wait",
            "orc spawn alice --profile qwen --folder ~/code/shop --worktree --role developer",
            "orc spawn log --profile shell -- tail -f /var/log/syslog")
        {
            name, words, profile, folder, role, called, reportsTo, model, temperature, worktree, branch, meta, policy, successor, noTools, node, labels, loss, noStart, wait, timeout,
        }.Runs(async (context, cancellationToken) =>
        {
            var command = context.Get(words) ?? [];
            if (context.Get(branch) is not null && !context.Get(worktree))
            {
                throw new UsageException("--branch names the branch of a worktree: give --worktree too");
            }

            if (context.Get(wait) && context.Get(noStart))
            {
                throw new UsageException("--wait makes no sense with --no-start");
            }

            var request = new SpawnRequest
            {
                Name = context.Get(name)!,
                Profile = context.Get(profile)!,
                Folder = Path.GetFullPath(context.Get(folder)!),
                Role = context.Get(role),
                DisplayName = context.Get(called),
                ReportsTo = context.Get(reportsTo),
                Model = context.Get(model),
                Temperature = context.Get(temperature),
                Policy = context.Get(policy),
                SuccessorOf = context.Get(successor),
                Tools = context.Get(noTools) ? false : null,
                OnNodeLoss = context.Get(loss),
                Node = context.Get(node),
                Labels = context.Get(labels) is { Length: > 0 } wanted ? [.. wanted] : null,
                Worktree = context.Get(worktree),
                Branch = context.Get(branch),
                Command = command.Length > 0 ? [.. command] : null,
                Metadata = AgentArguments.Metadata(context.Get(meta) ?? []),
                Start = !context.Get(noStart),
            };
            var agent = await context.Client.SpawnAsync(request, cancellationToken);
            return context.Get(wait)
                ? await UntilReadyAsync(context, agent, context.Get(timeout) ?? Patience, cancellationToken)
                : context.Print(agent, ApiJson.Readable.AgentInfo, static a => Tables.Line(AgentText.Summary(a)));
        });
    }

    private static async Task<int> UntilReadyAsync(CliContext context, AgentInfo spawned, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var agent = await context.WaitAsync(
            $"waiting for {spawned.Name} to be ready",
            timeout,
            token => context.Client.WaitForAgentAsync(spawned.Name, static a => AgentConditions.IsReady(a) || AgentConditions.HasFailed(a) || AgentConditions.NeedsPerson(a), token),
            cancellationToken);
        if (agent is null)
        {
            return context.Fail("timeout", $"{spawned.Name} was not ready within {Durations.Short(timeout)}: look with orc explain {spawned.Name}", ExitCodes.Unknown);
        }

        context.Print(agent, ApiJson.Readable.AgentInfo, static a => Tables.Line(new Cell(AgentText.Summary(a), Tables.ToneOf(a.Activity ?? a.State))));
        if (AgentConditions.IsReady(agent))
        {
            return ExitCodes.Happened;
        }

        return AgentConditions.NeedsPerson(agent)
            ? context.Fail("needs-person", $"{agent.Name} needs a person ({agent.Activity}): {(agent.Dialog is { Options.IsEmpty: false } ? $"orc show {agent.Name} has the question, orc answer {agent.Name} OPTION answers it" : $"orc attach {agent.Name} --write")}")
            : context.Fail("failed", $"{AgentText.Summary(agent)}: orc explain {agent.Name} says why, orc output {agent.Name} shows what it printed");
    }
}
