namespace Orchestrator.Tmux;

/// <summary>The settings under which a server of ours runs, as the words of one command list.</summary>
internal static class ServerSettings
{
    private static readonly string[] TerminfoFolders = ["/etc/terminfo", "/lib/terminfo", "/usr/share/terminfo", "/usr/lib/terminfo", "/usr/local/share/terminfo"];

    /// <summary>Words that apply all settings; safe to apply again. Unknown ones are passed over quietly, since versions differ.</summary>
    public static IEnumerable<string> Apply(TmuxServerOptions options)
        => All(options).SelectMany(setting => (string[])["set-option", "-q", setting.Scope, setting.Name, setting.Value, ";"]).SkipLast(1);

    /// <summary>Words that make the session with its keeper, a pane that does nothing and holds the session open.</summary>
    public static IEnumerable<string> MakeSession(TmuxServerOptions options)
        => ["new-session", "-d", "-s", AllowedNames.Name(options.Session), "-n", "keeper", "-c", "/", "--", "tail", "-f", "/dev/null"];

    /// <summary>The <c>TERM</c> that panes get.</summary>
    public static string Terminal(TmuxServerOptions options)
        => options.Terminal ?? (KnowsTerminal("tmux-256color") ? "tmux-256color" : "screen-256color");

    /// <summary>Whether this machine's terminal database has an entry.</summary>
    public static bool KnowsTerminal(string name)
        => TerminfoFolders.Any(folder => File.Exists($"{folder}/{name[0]}/{name}") || File.Exists($"{folder}/{(int)name[0]:x}/{name}"));

    private static IEnumerable<(string Scope, string Name, string Value)> All(TmuxServerOptions options) =>
    [
        ("-s", "exit-empty", "off"),
        ("-s", "exit-unattached", "off"),
        ("-s", "set-clipboard", "off"),
        ("-s", "escape-time", "0"),
        ("-s", "focus-events", "off"),
        ("-s", "default-terminal", Terminal(options)),
        ("-s", "@now", "%s"),
        ("-g", "default-size", $"{options.Columns}x{options.Rows}"),
        ("-g", "history-limit", $"{options.HistoryLines}"),
        ("-g", "destroy-unattached", "off"),
        ("-g", "status", "off"),
        ("-g", "set-titles", "off"),
        ("-g", "update-environment", ""),
        ("-g", "bell-action", "none"),
        ("-g", "activity-action", "none"),
        ("-g", "visual-bell", "off"),
        ("-g", "mouse", "off"),
        ("-g", "default-shell", "/bin/sh"),
        ("-gw", "remain-on-exit", "on"),
        ("-gw", "remain-on-exit-format", ""),
        ("-gw", "allow-passthrough", "off"),
        ("-gw", "allow-rename", "off"),
        ("-gw", "automatic-rename", "off"),
        ("-gw", "monitor-activity", "off"),
        ("-gw", "monitor-bell", "off"),
        ("-gw", "monitor-silence", "0"),
        ("-gw", "aggressive-resize", "off"),
    ];
}
