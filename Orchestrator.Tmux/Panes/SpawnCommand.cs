using System.Globalization;

namespace Orchestrator.Tmux;

/// <summary>The command list that makes a pane with its marks.</summary>
internal static class SpawnCommand
{
    public static TmuxCommand Build(PaneSpawn spawn, TmuxServerOptions options, IReadOnlyDictionary<string, string> inherited)
    {
        Check(spawn, inherited);
        try
        {
            var session = $"={AllowedNames.Name(options.Session)}:";
            List<TmuxCommand> list =
            [
                // Every start says its size: the option is only read while the window is made.
                TmuxCommand.Of("set-option", "-t", session, "default-size", $"{spawn.Columns ?? options.Columns}x{spawn.Rows ?? options.Rows}"),
                TmuxCommand.Of("new-window", NewWindow(spawn, session)),

                // tmux 3.3a crashes when this is set for all windows before there is one; set on the window it is sound.
                TmuxCommand.Of("set-option", "-w", "window-size", "manual"),
                TmuxCommand.Of("set-option", "-p", "@agent", AllowedNames.Mark(spawn.Agent)),
                TmuxCommand.Of("set-option", "-p", "@generation", spawn.Generation.ToString(CultureInfo.InvariantCulture)),
            ];
            list.AddRange(spawn.Marks.Select(mark => TmuxCommand.Of("set-option", "-p", AllowedNames.Option(mark.Key), mark.Value)));

            // The first window, the keeper's, is the current one again. tmux 3.3a crashes when a client comes to a window whose program had asked for focus events and has
            // ended: none may ever be current where the control client attaches.
            list.Add(TmuxCommand.Of("select-window", "-t", $"{session}^"));
            return TmuxCommand.List(list);
        }
        catch (ArgumentException exception)
        {
            throw new PaneRefusedException($"the pane cannot be started: {exception.Message}");
        }
    }

    private static IEnumerable<string> NewWindow(PaneSpawn spawn, string session)
    {
        List<string> words =
        [
            "-P", "-F", "#{pane_id} #{window_id} #{pane_pid}", "-t", session, "-n", AllowedNames.Name(spawn.WindowName),

            // The folder is the one text of a user in a place where tmux expands formats: doubled, the # is a plain one.
            "-c", spawn.Folder.Replace("#", "##", StringComparison.Ordinal),
        ];
        foreach (var (name, value) in spawn.Environment)
        {
            words.AddRange(["-e", $"{AllowedNames.Variable(name)}={value}"]);
        }

        words.Add("--");
        if (spawn.Command.Count == 1)
        {
            // tmux hands a single word to a shell.
            words.Add("/usr/bin/env");
        }

        words.AddRange(spawn.Command);
        return words;
    }

    private static void Check(PaneSpawn spawn, IReadOnlyDictionary<string, string> inherited)
    {
        if (!Path.IsPathFullyQualified(spawn.Folder) || !Directory.Exists(spawn.Folder))
        {
            throw new PaneRefusedException($"the folder {spawn.Folder} does not exist: tmux would start in the home folder instead.");
        }

        if (spawn.Command.Count == 0 || spawn.Command[0].Length == 0 || spawn.Command[0].StartsWith('-') || spawn.Command[0].Contains('='))
        {
            throw new PaneRefusedException("there is no program to start: give a path or a name, without = and without - in front.");
        }

        var path = spawn.Environment.GetValueOrDefault("PATH") ?? inherited.GetValueOrDefault("PATH");
        if (ProgramPath.Find(spawn.Command[0], path, spawn.Folder) is null)
        {
            throw new PaneRefusedException($"the program {spawn.Command[0]} is not there{(spawn.Command[0].Contains('/') ? "" : $" (looked for on {path})")}.");
        }

        if (spawn.Columns is < 20 or > 1000 || spawn.Rows is < 5 or > 500)
        {
            throw new PaneRefusedException("the size is out of range: 20 to 1000 columns, 5 to 500 rows.");
        }
    }
}
