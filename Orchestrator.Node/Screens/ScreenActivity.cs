namespace Orchestrator.Node.Screens;

/// <summary>What a screen says its program is doing. Hung is none of these: only time tells.</summary>
public enum ScreenActivity
{
    /// <summary>Launched, does not take input yet.</summary>
    Starting,

    /// <summary>At its prompt, the input empty, nothing running.</summary>
    Ready,

    /// <summary>A turn is running, or nothing says that none is.</summary>
    Working,

    /// <summary>Asks for permission: for a tool, an edit, or to trust a folder.</summary>
    AwaitingApproval,

    /// <summary>Asks the user a question with options.</summary>
    AwaitingAnswer,

    /// <summary>Idle, but a draft, a paste, a menu or a special input mode has the input.</summary>
    UnsubmittedInput,

    /// <summary>At its prompt, the last turn ended in an error.</summary>
    TurnFailed,

    /// <summary>A rate or usage limit was hit and nothing newer happened.</summary>
    RateLimited,

    /// <summary>Sign-in or set-up is wanted.</summary>
    AuthRequired,

    /// <summary>The program is gone; at most a shell has the pane.</summary>
    Exited,

    /// <summary>A person reads in tmux's copy mode.</summary>
    CopyMode,
}

/// <summary>The names of activities as configuration, API and events spell them.</summary>
public static class ScreenActivityNames
{
    private static readonly Dictionary<string, ScreenActivity> ByName =
        Enum.GetValues<ScreenActivity>().ToDictionary(Name, StringComparer.Ordinal);

    /// <summary>All names.</summary>
    public static IReadOnlyCollection<string> All => ByName.Keys;

    /// <summary>The name in small letters with underscores, such as <c>awaiting_approval</c>.</summary>
    public static string Name(this ScreenActivity activity) => activity switch
    {
        ScreenActivity.Starting => "starting",
        ScreenActivity.Ready => "ready",
        ScreenActivity.Working => "working",
        ScreenActivity.AwaitingApproval => "awaiting_approval",
        ScreenActivity.AwaitingAnswer => "awaiting_answer",
        ScreenActivity.UnsubmittedInput => "unsubmitted_input",
        ScreenActivity.TurnFailed => "turn_failed",
        ScreenActivity.RateLimited => "rate_limited",
        ScreenActivity.AuthRequired => "auth_required",
        ScreenActivity.Exited => "exited",
        ScreenActivity.CopyMode => "copy_mode",
        _ => throw new ArgumentOutOfRangeException(nameof(activity), activity, "no name"),
    };

    /// <summary>The activity with a name, if there is one.</summary>
    public static bool TryParse(string name, out ScreenActivity activity) => ByName.TryGetValue(name, out activity);
}
