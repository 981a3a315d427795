using System.CommandLine;
using Orchestrator.Cli.Agents;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Dialogs;

/// <summary><c>orc approve</c>, <c>orc reject</c> and <c>orc answer</c>: they wait until the dialog has closed.</summary>
internal static class DecideCommands
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Command Approve()
    {
        var always = new Option<bool>("--always") { Description = "Permit it from now on, as the option of the dialog says." };
        return Create(
            "approve",
            "Permit what an agent asks for.",
            [always],
            (context, name, dialog, token) => context.Client.ApproveAsync(name, new ApproveRequest(dialog, context.Get(always)), token),
            "orc approve a1",
            "orc approve a1 --dialog 17 --always");
    }

    public static Command Reject()
    {
        var say = new Option<string?>("--say") { Description = "A message for the agent, delivered once the dialog has closed.", HelpName = "TEXT" };
        return Create(
            "reject",
            "Refuse what an agent asks for.",
            [say],
            (context, name, dialog, token) => context.Client.RejectAsync(name, new RejectRequest(dialog, context.Get(say)), token),
            "orc reject a1",
            "orc reject a1 --say \"use the test database\"");
    }

    public static Command Answer()
    {
        var option = new Argument<string?>("OPTION") { Description = "The number, the key or the label of the option, or the beginning of its label.", Arity = ArgumentArity.ZeroOrOne };
        var text = new Option<string?>("--text") { Description = "A line of your own, typed into the option that takes one.", HelpName = "TEXT" };
        return Create(
            "answer",
            "Choose an option of the dialog that an agent shows.",
            [option, text],
            (context, name, dialog, token) => context.Get(option) is null == context.Get(text) is null
                ? throw new UsageException("give the OPTION that is to be chosen, or --text with an answer of your own")
                : context.Client.AnswerAsync(name, new AnswerRequest(dialog, context.Get(option), context.Get(text)), token),
            "orc answer a1 2",
            "orc answer a1 --text \"green, as before\"",
            "orc answer a1 Blue --dialog 17");
    }

    private static OrcCommand Create(string verb, string description, Symbol[] symbols, Func<CliContext, string, string, CancellationToken, Task<AgentInfo>> decide, params string[] examples)
    {
        var name = AgentArguments.Name();
        var dialog = new Option<string?>("--dialog") { Description = "The id of the dialog that is meant, as orc show tells it; the one that is open now, unless said.", HelpName = "ID" };
        var timeout = Durations.Option("--timeout", "How long to wait until the dialog has closed (30s).");
        var command = new OrcCommand(verb, description, examples) { name };
        foreach (var symbol in symbols)
        {
            switch (symbol)
            {
                case Argument argument:
                    command.Add(argument);
                    break;
                case Option option:
                    command.Add(option);
                    break;
                default:
                    throw new ArgumentException($"{symbol.Name} is neither an argument nor an option", nameof(symbols));
            }
        }

        command.Add(dialog);
        command.Add(timeout);
        return command.Runs((context, cancellationToken) => DecideAsync(context, context.Get(name)!, context.Get(dialog), decide, context.Get(timeout) ?? Patience, cancellationToken));
    }

    private static async Task<int> DecideAsync(CliContext context, string name, string? dialog, Func<CliContext, string, string, CancellationToken, Task<AgentInfo>> decide, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (dialog is null)
        {
            var before = await context.Client.GetAgentAsync(name, cancellationToken);
            if (before.Dialog is not { } open)
            {
                return context.Fail("illegal-state", $"{AgentText.Summary(before)}, and shows no dialog");
            }

            dialog = open.Id;
        }

        var taken = await decide(context, name, dialog, cancellationToken);
        var id = taken.Decision!.Id;
        var after = await context.WaitAsync(
            $"waiting for the dialog of {name} to close",
            timeout,
            token => context.Client.WaitForAgentAsync(name, a => a.Decision is { } made && (made.Id != id || made.Outcome is not null), token),
            cancellationToken);
        if (after is null)
        {
            return context.Fail("timeout", $"the decision about dialog {dialog} of {name} is stored, and had not been carried out within {Durations.Short(timeout)}: look with orc show {name}", ExitCodes.Unknown);
        }

        if (after.Decision is not { Outcome: { } outcome } decision || decision.Id != id)
        {
            return context.Fail("unknown", $"another decision was made for {name} meanwhile: orc logs {name} has both", ExitCodes.Unknown);
        }

        if (outcome != "answered")
        {
            return context.Fail(outcome == "too_late" ? "stale" : "failed", $"'{decision.Option.Label}' was not chosen: {decision.Evidence}");
        }

        return context.Print(after, ApiJson.Readable.AgentInfo, _ => Tables.Line(new Cell($"{name}: '{SafeText.Line(decision.Option.Label, 100)}' ({decision.Evidence})", Tone.Good)));
    }
}
