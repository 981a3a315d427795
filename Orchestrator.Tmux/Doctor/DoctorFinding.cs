namespace Orchestrator.Tmux;

/// <summary>How grave a finding is.</summary>
public enum DoctorVerdict
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>It works, but something can go wrong later.</summary>
    Warn,

    /// <summary>It will not work.</summary>
    Fail,
}

/// <summary>The result of one check.</summary>
/// <param name="Name">Short name of the check, stable, in lower case.</param>
/// <param name="Verdict">How grave it is.</param>
/// <param name="Found">What was found.</param>
/// <param name="Advice">What to do about it; null if nothing.</param>
public sealed record DoctorFinding(string Name, DoctorVerdict Verdict, string Found, string? Advice = null);
