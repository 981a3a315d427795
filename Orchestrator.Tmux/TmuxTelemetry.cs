using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Orchestrator.Tmux;

/// <summary>Traces and measures of the driver, both named <c>Orchestrator.Tmux</c>.</summary>
public static class TmuxTelemetry
{
    /// <summary>Name of the <see cref="ActivitySource"/> and of the <see cref="Meter"/>.</summary>
    public const string Name = "Orchestrator.Tmux";

    private static readonly Meter Meter = new(Name);

    internal static readonly ActivitySource Activities = new(Name);

    internal static readonly Counter<long> Commands =
        Meter.CreateCounter<long>("tmux.commands", "{command}", "Command lines answered over control mode");

    internal static readonly Histogram<double> CommandLatency =
        Meter.CreateHistogram<double>("tmux.command.duration", "ms", "From handing a command line to tmux until its answer");

    internal static readonly Counter<long> Reconnections =
        Meter.CreateCounter<long>("tmux.control.reconnections", "{connection}", "Control clients that had to be replaced");

    internal static readonly Counter<long> ServerStarts =
        Meter.CreateCounter<long>("tmux.server.starts", "{server}", "Servers started, adopted or repaired, by tag 'how'");

    internal static readonly Counter<long> Processes =
        Meter.CreateCounter<long>("tmux.processes", "{process}", "tmux client processes run for one command");

    internal static readonly Counter<long> Deliveries =
        Meter.CreateCounter<long>("tmux.deliveries", "{step}", "Guarded delivery steps, by tags 'step' and 'outcome'");
}
