using Microsoft.Extensions.Logging;

using Orchestrator.Actors.Agents;
using Orchestrator.Node.Workers.Panes;
using Orchestrator.Runtime;

namespace Orchestrator.Node.Workers;

/// <summary>The decisions about dialogs.</summary>
internal sealed partial class AgentHands
{
    private async Task AnswerAsync(PendingWorkerCommand command, AnswerDialog order, CancellationToken cancellation)
    {
        using var told = Watch?.HoldDialogs();
        var report = Pane is { } pane && Watch is { } watch && pane.Generation == order.Generation
            ? await new DialogRun(pane, watch, order, _context).RunAsync(cancellation)
            : new ReportDecision(order.Decision, DialogOutcome.TooLate, "its program had ended before anything was pressed");
        LogAnswered(_logger, order.Decision, _agent.Value, report.Outcome, report.Evidence);
        await CompleteAsync(command, report, cancellation);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "decision {Decision} of {Agent}: {Outcome}, {Evidence}")]
    private static partial void LogAnswered(ILogger logger, string decision, string agent, DialogOutcome outcome, string evidence);
}
