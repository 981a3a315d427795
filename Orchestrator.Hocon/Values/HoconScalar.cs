using System.Globalization;

namespace Orchestrator.Hocon;

/// <summary>A string, a number, a boolean or null.</summary>
public sealed class HoconScalar : HoconValue
{
    internal HoconScalar(HoconOrigin origin, HoconKind kind, string text)
        : base(origin)
    {
        Kind = kind;
        Text = text;
    }

    /// <inheritdoc/>
    public override HoconKind Kind { get; }

    /// <summary>The string itself; for other kinds the value as it was written: <c>1e5</c>, <c>true</c>, <c>null</c>.</summary>
    public string Text { get; }

    internal override long Total => 1;

    internal override string Described => Kind switch
    {
        HoconKind.Null => "null",
        HoconKind.String when Text.Length > 60 => $"the string \"{Text[..60]}…\"",
        HoconKind.String => $"the string \"{Text}\"",
        HoconKind.Number => $"the number {Text}",
        _ => Text,
    };

    /// <inheritdoc/>
    public override bool Equals(HoconValue? other) => other is HoconScalar scalar && scalar.Kind == Kind
        && (string.Equals(scalar.Text, Text, StringComparison.Ordinal) || (Kind == HoconKind.Number && SameNumber(scalar.Text, Text)));

    /// <inheritdoc/>
    public override int GetHashCode() => Kind == HoconKind.Number
        ? HashCode.Combine(Kind, double.Parse(Text, CultureInfo.InvariantCulture))
        : HashCode.Combine(Kind, Text.GetHashCode(StringComparison.Ordinal));

    private static bool SameNumber(string one, string other) =>
        IsExact(one, out var oneExact) && IsExact(other, out var otherExact)
            ? oneExact == otherExact
            : double.Parse(one, CultureInfo.InvariantCulture).Equals(double.Parse(other, CultureInfo.InvariantCulture));

    /// <summary>Whether a decimal holds the number without rounding it.</summary>
    private static bool IsExact(string number, out decimal exact)
    {
        exact = 0;
        return number.Length < 28 && !number.AsSpan().ContainsAny('e', 'E')
            && decimal.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out exact);
    }
}
