namespace Orchestrator.Hocon;

/// <summary>What a value is.</summary>
public enum HoconKind
{
    /// <summary>Keys and values.</summary>
    Object,

    /// <summary>Values in order.</summary>
    Array,

    /// <summary>A text.</summary>
    String,

    /// <summary>A number, kept as it was written.</summary>
    Number,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary><c>null</c>: present, but without a value.</summary>
    Null,
}

/// <summary>A resolved, immutable value. Values are equal if they hold the same, wherever they were written; numbers if they are the same number.</summary>
public abstract class HoconValue : IEquatable<HoconValue>
{
    private protected HoconValue(HoconOrigin origin) => Origin = origin;

    /// <summary>Where the value was written; of merged objects, the part that counts most.</summary>
    public HoconOrigin Origin { get; }

    /// <summary>What the value is.</summary>
    public abstract HoconKind Kind { get; }

    /// <summary>How many values this one holds, itself included, shared ones as often as they occur.</summary>
    internal abstract long Total { get; }

    /// <inheritdoc/>
    public abstract bool Equals(HoconValue? other);

    /// <inheritdoc/>
    public sealed override bool Equals(object? obj) => Equals(obj as HoconValue);

    /// <inheritdoc/>
    public abstract override int GetHashCode();

    /// <summary>The value as HOCON, without origins.</summary>
    public override string ToString() => HoconRenderer.Render(this);

    /// <summary>The value as it is told of in errors.</summary>
    internal abstract string Described { get; }
}
