namespace Orchestrator.Runtime;

/// <summary>Named points at which a test may stop, delay or kill this process.</summary>
internal sealed class FailPoints
{
    public const string BeforeCommit = "commit.before";
    public const string AfterCommit = "commit.after";
    public const string Decided = "turn.decided";
    public const string Committed = "turn.committed";

    /// <summary>Called with the name of each point that is passed.</summary>
    public Action<string>? OnHit { get; init; }

    public void Hit(string name) => OnHit?.Invoke(name);
}

/// <summary>Protections that a test switches off to prove that it would notice.</summary>
internal sealed record Protections(bool Dedupe = true, bool DurableCommit = true);
