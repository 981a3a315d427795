using System.Globalization;
using Orchestrator.Hocon;

namespace Orchestrator.Tests.Hocon;

/// <summary>Every unit of the specification: durations, periods, sizes.</summary>
public sealed class UnitsTests
{
    [Theory]
    [InlineData(0.01, "ns nano nanos nanosecond nanoseconds")]
    [InlineData(10, "us micro micros microsecond microseconds")]
    [InlineData(10_000, "ms milli millis millisecond milliseconds")]
    [InlineData(10_000_000, "s second seconds")]
    [InlineData(600_000_000, "m minute minutes")]
    [InlineData(36_000_000_000, "h hour hours")]
    [InlineData(864_000_000_000, "d day days")]
    public void Durations_have_these_units(double ticks, string units)
    {
        foreach (var unit in units.Split(' '))
        {
            Assert.Equal(TimeSpan.FromTicks((long)(ticks * 300)), Duration($"300{unit}"));
            Assert.Equal(TimeSpan.FromTicks((long)(ticks * 300)), Duration($"\"  300 {unit} \""));
            Assert.Equal(TimeSpan.FromTicks((long)(ticks * 250)), Duration($"2.5e2 {unit}"));
        }
    }

    [Theory]
    [InlineData("10")]
    [InlineData("\"10\"")]
    [InlineData("\" 10 \"")]
    public void A_bare_number_is_milliseconds(string value) => Assert.Equal(TimeSpan.FromMilliseconds(10), Duration(value));

    [Theory]
    [InlineData("0.5s", 500)]
    [InlineData("1.5 h", 5_400_000)]
    [InlineData("-3s", -3000)]
    public void Durations_may_have_fractions_and_a_sign(string value, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Duration(value));

    [Theory]
    [InlineData("10 S")]
    [InlineData("10 weeks")]
    [InlineData("10 s s")]
    [InlineData("s")]
    [InlineData("\"\"")]
    [InlineData("1e20 d")]
    [InlineData("true")]
    [InlineData("[10]")]
    [InlineData("\"10 s1\"")]
    public void Other_durations_are_refused(string value) =>
        Assert.Contains("duration such as", Assert.Throws<HoconException>(() => Duration(value)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("3", 0, 0, 3)]
    [InlineData("3d", 0, 0, 3)]
    [InlineData("3 day", 0, 0, 3)]
    [InlineData("3 days", 0, 0, 3)]
    [InlineData("2w", 0, 0, 14)]
    [InlineData("2 week", 0, 0, 14)]
    [InlineData("2 weeks", 0, 0, 14)]
    [InlineData("6m", 0, 6, 0)]
    [InlineData("6mo", 0, 6, 0)]
    [InlineData("6 month", 0, 6, 0)]
    [InlineData("6 months", 0, 6, 0)]
    [InlineData("1y", 1, 0, 0)]
    [InlineData("1 year", 1, 0, 0)]
    [InlineData("1 years", 1, 0, 0)]
    public void Periods_have_these_units(string value, int years, int months, int days)
    {
        var period = Given.Config($"a = {value}").GetPeriod("a");
        Assert.Equal(new HoconPeriod(years, months, days), period);
    }

    [Theory]
    [InlineData("1.5d")]
    [InlineData("1h")]
    [InlineData("99999999y")]
    public void Other_periods_are_refused(string value) => Assert.Throws<HoconException>(() => Given.Config($"a = {value}").GetPeriod("a"));

    [Fact]
    public void A_period_follows_the_calendar() => Assert.Equal(
        new DateTimeOffset(2024, 2, 29, 0, 0, 0, TimeSpan.Zero),
        new HoconPeriod(0, 1, 0).After(new DateTimeOffset(2024, 1, 31, 0, 0, 0, TimeSpan.Zero)));

    [Theory]
    [InlineData("1", "B b byte bytes")]
    [InlineData("1000", "kB kilobyte kilobytes")]
    [InlineData("1000000", "MB megabyte megabytes")]
    [InlineData("1000000000", "GB gigabyte gigabytes")]
    [InlineData("1000000000000", "TB terabyte terabytes")]
    [InlineData("1000000000000000", "PB petabyte petabytes")]
    [InlineData("1000000000000000000", "EB exabyte exabytes")]
    [InlineData("1024", "K k Ki KiB kibibyte kibibytes")]
    [InlineData("1048576", "M m Mi MiB mebibyte mebibytes")]
    [InlineData("1073741824", "G g Gi GiB gibibyte gibibytes")]
    [InlineData("1099511627776", "T t Ti TiB tebibyte tebibytes")]
    [InlineData("1125899906842624", "P p Pi PiB pebibyte pebibytes")]
    [InlineData("1152921504606846976", "E e Ei EiB exbibyte exbibytes")]
    public void Sizes_have_these_units(string bytes, string units)
    {
        var expected = long.Parse(bytes, CultureInfo.InvariantCulture);
        foreach (var unit in units.Split(' '))
        {
            Assert.Equal(expected, Bytes($"1{unit}"));
            Assert.Equal(expected * 4, Bytes($"\" 4 {unit} \""));
            Assert.Equal(expected / 2, Bytes($"0.5 {unit}"));
        }
    }

    [Theory]
    [InlineData("ZB zettabyte zettabytes YB yottabyte yottabytes Z z Zi ZiB zebibyte zebibytes Y y Yi YiB yobibyte yobibytes")]
    public void Sizes_that_no_64_bits_hold_are_known_but_too_large(string units)
    {
        foreach (var unit in units.Split(' '))
        {
            Assert.Equal(0, Bytes($"0 {unit}"));
            Assert.Throws<HoconException>(() => Bytes($"1 {unit}"));
        }
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("1 KB")]
    [InlineData("1 kb")]
    [InlineData("1 mb")]
    [InlineData("1 kib")]
    [InlineData("16E")]
    [InlineData("many")]
    [InlineData("1 Kilobytes")]
    public void Other_sizes_are_refused(string value) =>
        Assert.Contains("size such as", Assert.Throws<HoconException>(() => Bytes(value)).Message, StringComparison.Ordinal);

    private static TimeSpan Duration(string value) => Given.Config($"a = {value}").GetDuration("a");

    private static long Bytes(string value) => Given.Config($"a = {value}").GetBytes("a");
}
