namespace Orchestrator.Tmux;

/// <summary>Places between the steps of a delivery where a test can stop, delay or kill the process.</summary>
public interface IDeliveryFailPoints
{
    /// <summary>Called at each place with its name, one of <see cref="DeliveryFailPoints"/>.</summary>
    ValueTask HitAsync(string name, CancellationToken cancellation);
}

/// <summary>The names of the places, in the order in which a delivery passes them.</summary>
public static class DeliveryFailPoints
{
    /// <summary>Before the process that feeds the buffer is started.</summary>
    public const string BeforeLoad = "before-load";

    /// <summary>After each part of the text was fed.</summary>
    public const string Loading = "loading";

    /// <summary>The text is fed, its size not yet compared.</summary>
    public const string Loaded = "loaded";

    /// <summary>The size is right, nothing typed yet.</summary>
    public const string BeforeType = "before-type";

    /// <summary>Typed, as far as tmux was asked to; the caller does not know yet.</summary>
    public const string Typed = "typed";

    /// <summary>Before Enter.</summary>
    public const string BeforeSubmit = "before-submit";

    /// <summary>After Enter; the caller does not know yet.</summary>
    public const string Submitted = "submitted";

    /// <summary>Before the key that decides a dialog.</summary>
    public const string BeforeDecide = "before-decide";

    /// <summary>After that key; the caller does not know yet.</summary>
    public const string Decided = "decided";

    /// <summary>All of a delivery.</summary>
    public static IReadOnlyList<string> All { get; } = [BeforeLoad, Loading, Loaded, BeforeType, Typed, BeforeSubmit, Submitted];

    internal static IDeliveryFailPoints None { get; } = new Nothing();

    private sealed class Nothing : IDeliveryFailPoints
    {
        public ValueTask HitAsync(string name, CancellationToken cancellation) => ValueTask.CompletedTask;
    }
}
