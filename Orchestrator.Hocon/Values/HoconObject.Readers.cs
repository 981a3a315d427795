using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Orchestrator.Hocon;

public sealed partial class HoconObject
{
    /// <summary>The value at a path, or null where nothing is set. A value that is <c>null</c> is a <see cref="HoconScalar"/>.</summary>
    /// <param name="path">A path expression relative to this object.</param>
    /// <exception cref="HoconException">The path does not parse.</exception>
    public HoconValue? Find(string path) => Find(HoconPath.Parse(path));

    /// <summary>The value at a path, or null where nothing is set. A value that is <c>null</c> is a <see cref="HoconScalar"/>.</summary>
    /// <param name="path">A path relative to this object.</param>
    public HoconValue? Find(HoconPath path)
    {
        ArgumentNullException.ThrowIfNull(path);
        HoconValue? value = this;
        foreach (var key in path.Elements)
        {
            if (value is not HoconObject o || !o.TryGetValue(key, out value))
            {
                return null;
            }
        }

        return value;
    }

    /// <summary>Whether a path is set to something other than <c>null</c>.</summary>
    /// <param name="path">A path expression relative to this object.</param>
    /// <exception cref="HoconException">The path does not parse.</exception>
    public bool Has(string path) => Find(path) is { Kind: not HoconKind.Null };

    /// <summary>A string; numbers and booleans as they were written.</summary>
    /// <inheritdoc cref="Require{T}" path="/*[not(self::summary) and not(@name='reading')]"/>
    public string GetString(string path) => Require(path, Readings.String);

    /// <inheritdoc cref="GetString"/>
    public bool TryGetString(string path, [NotNullWhen(true)] out string? value) => TryRead(path, Readings.String, out value);

    /// <summary>A whole number of 32 bits.</summary>
    /// <inheritdoc cref="Require{T}" path="/*[not(self::summary) and not(@name='reading')]"/>
    public int GetInt(string path) => Require(path, Readings.Int);

    /// <inheritdoc cref="GetInt"/>
    public bool TryGetInt(string path, out int value) => TryRead(path, Readings.Int, out value);

    /// <summary>A whole number of 64 bits.</summary>
    /// <inheritdoc cref="Require{T}" path="/*[not(self::summary) and not(@name='reading')]"/>
    public long GetLong(string path) => Require(path, Readings.Long);

    /// <inheritdoc cref="GetLong"/>
    public bool TryGetLong(string path, out long value) => TryRead(path, Readings.Long, out value);

    /// <summary>A finite number.</summary>
    /// <inheritdoc cref="Require{T}" path="/*[not(self::summary) and not(@name='reading')]"/>
    public double GetDouble(string path) => Require(path, Readings.Double);

    /// <inheritdoc cref="GetDouble"/>
    public bool TryGetDouble(string path, out double value) => TryRead(path, Readings.Double, out value);

    /// <summary>A boolean: <c>true</c>, <c>yes</c>, <c>on</c>, <c>false</c>, <c>no</c>, <c>off</c>.</summary>
    /// <inheritdoc cref="Require{T}" path="/*[not(self::summary) and not(@name='reading')]"/>
    public bool GetBoolean(string path) => Require(path, Readings.Boolean);

    /// <inheritdoc cref="GetBoolean"/>
    public bool TryGetBoolean(string path, out bool value) => TryRead(path, Readings.Boolean, out value);

    /// <summary>A duration, such as <c>10s</c>; a bare number is milliseconds. Rounded to 100 ns.</summary>
    /// <inheritdoc cref="Require{T}" path="/*[not(self::summary) and not(@name='reading')]"/>
    public TimeSpan GetDuration(string path) => Require(path, Readings.Duration);

    /// <inheritdoc cref="GetDuration"/>
    public bool TryGetDuration(string path, out TimeSpan value) => TryRead(path, Readings.Duration, out value);

    /// <summary>A period of the calendar, such as <c>6 months</c>; a bare number is days.</summary>
    /// <inheritdoc cref="Require{T}" path="/*[not(self::summary) and not(@name='reading')]"/>
    public HoconPeriod GetPeriod(string path) => Require(path, Readings.Period);

    /// <inheritdoc cref="GetPeriod"/>
    public bool TryGetPeriod(string path, out HoconPeriod value) => TryRead(path, Readings.Period, out value);

    /// <summary>A size in bytes, such as <c>512K</c> (powers of 1024) or <c>512kB</c> (powers of 1000); 0 to 2^63 - 1.</summary>
    /// <inheritdoc cref="Require{T}" path="/*[not(self::summary) and not(@name='reading')]"/>
    public long GetBytes(string path) => Require(path, Readings.Bytes);

    /// <inheritdoc cref="GetBytes"/>
    public bool TryGetBytes(string path, out long value) => TryRead(path, Readings.Bytes, out value);

    /// <summary>An array; an object whose keys are indices counts as one.</summary>
    /// <inheritdoc cref="Require{T}" path="/*[not(self::summary) and not(@name='reading')]"/>
    public HoconArray GetArray(string path) => Require(path, Readings.Array);

    /// <inheritdoc cref="GetArray"/>
    public bool TryGetArray(string path, [NotNullWhen(true)] out HoconArray? value) => TryRead(path, Readings.Array, out value);

    /// <summary>An array of strings.</summary>
    /// <inheritdoc cref="Require{T}" path="/*[not(self::summary) and not(@name='reading')]"/>
    public IReadOnlyList<string> GetStringList(string path) => Items(path, GetArray(path), Readings.String);

    /// <inheritdoc cref="GetStringList"/>
    public bool TryGetStringList(string path, [NotNullWhen(true)] out IReadOnlyList<string>? value)
    {
        value = TryGetArray(path, out var array) ? Items(path, array, Readings.String) : null;
        return value is not null;
    }

    /// <summary>An object. Its own readers name the whole path in their errors.</summary>
    /// <inheritdoc cref="Require{T}" path="/*[not(self::summary) and not(@name='reading')]"/>
    public HoconObject GetObject(string path) => Require(path, Readings.Object).At(Full(path));

    /// <inheritdoc cref="GetObject"/>
    public bool TryGetObject(string path, [NotNullWhen(true)] out HoconObject? value)
    {
        value = TryRead(path, Readings.Object, out var found) ? found.At(Full(path)) : null;
        return value is not null;
    }

    /// <summary>An array of objects.</summary>
    /// <inheritdoc cref="Require{T}" path="/*[not(self::summary) and not(@name='reading')]"/>
    public IReadOnlyList<HoconObject> GetObjectList(string path) => Objects(path, GetArray(path));

    /// <inheritdoc cref="GetObjectList"/>
    public bool TryGetObjectList(string path, [NotNullWhen(true)] out IReadOnlyList<HoconObject>? value)
    {
        value = TryGetArray(path, out var array) ? Objects(path, array) : null;
        return value is not null;
    }

    /// <summary>Reads a value that has to be there.</summary>
    /// <param name="path">A path expression relative to this object.</param>
    /// <param name="reading">What to read it as.</param>
    /// <exception cref="HoconException">The path does not parse, is not set, or holds something else.</exception>
    private T Require<T>(string path, Reading<T> reading)
    {
        if (Find(path) is not { } value)
        {
            var full = Full(path).ToString();
            throw new HoconException(Origin, $"{full} is not set: set it to {reading.Expected}", full);
        }

        return As(value, Full(path), reading);
    }

    private bool TryRead<T>(string path, Reading<T> reading, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        if (Find(path) is not { Kind: not HoconKind.Null } found)
        {
            return false;
        }

        value = As(found, Full(path), reading);
        return true;
    }

    private static T As<T>(HoconValue value, HoconPath path, Reading<T> reading) => reading.Convert(value) is { } read
        ? read.Value
        : throw new HoconException(value.Origin, $"{path} is {value.Described}, expected {reading.Expected}", path.ToString());

    private List<T> Items<T>(string path, HoconArray array, Reading<T> reading) =>
        [.. array.Select((item, index) => As(item, ItemPath(path, index), reading))];

    private List<HoconObject> Objects(string path, HoconArray array) =>
        [.. array.Select((item, index) => As(item, ItemPath(path, index), Readings.Object).At(ItemPath(path, index)))];

    private HoconPath ItemPath(string path, int index) => Full(path).Append(index.ToString(CultureInfo.InvariantCulture));

    private HoconPath Full(string path) => _base.Append(HoconPath.Parse(path).Elements);
}
