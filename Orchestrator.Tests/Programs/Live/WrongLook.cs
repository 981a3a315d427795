using System.Globalization;

namespace Orchestrator.Tests.Programs.Live;

/// <summary>A look at which the node did not show what was so.</summary>
/// <param name="Look">The look.</param>
/// <param name="Lasted">From the change that the model knows of to the last look that was still wrong.</param>
internal sealed record WrongLook(LiveProbe Look, TimeSpan Lasted)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Look.At:HH:mm:ss.fff}  {Look.Truth} since {Age(Look.Since):0} ms, shown {Look.State}/{Look.Activity} since {Age(Look.ShownSince):0} ms ({Look.Fact}), wrong for {Lasted.TotalMilliseconds:0} ms");

    private double Age(DateTimeOffset at) => (Look.At - at).TotalMilliseconds;
}
