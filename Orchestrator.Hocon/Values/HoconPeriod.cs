namespace Orchestrator.Hocon;

/// <summary>A length of time in units of the calendar, whose duration depends on when it starts.</summary>
/// <param name="Years">Years; any sign.</param>
/// <param name="Months">Months; any sign.</param>
/// <param name="Days">Days, weeks counted as seven; any sign.</param>
public readonly record struct HoconPeriod(int Years, int Months, int Days)
{
    /// <summary>The moment that lies this period after another.</summary>
    /// <param name="start">Where the period starts; its offset is kept.</param>
    /// <exception cref="ArgumentOutOfRangeException">The result is outside the years 1 to 9999.</exception>
    public DateTimeOffset After(DateTimeOffset start) => start.AddYears(Years).AddMonths(Months).AddDays(Days);
}
