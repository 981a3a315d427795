namespace Orchestrator.Tmux;

/// <summary>What became of one guarded step.</summary>
public abstract record DeliveryOutcome
{
    private DeliveryOutcome()
    {
    }

    /// <summary>It happened, exactly once.</summary>
    public sealed record Done : DeliveryOutcome;

    /// <summary>It did not happen: the guard did not hold.</summary>
    /// <param name="Mismatches">What did not hold.</param>
    /// <param name="Reading">What tmux saw; null if the pane is gone.</param>
    public sealed record Refused(GuardMismatches Mismatches, GuardReading? Reading) : DeliveryOutcome;

    /// <summary>It did not happen: the command never reached tmux.</summary>
    /// <param name="Why">For a person.</param>
    public sealed record NotSent(string Why) : DeliveryOutcome;

    /// <summary>It may have happened, or may still happen until the deadline: only the marks tell.</summary>
    /// <param name="Why">For a person.</param>
    public sealed record Unknown(string Why) : DeliveryOutcome;
}
