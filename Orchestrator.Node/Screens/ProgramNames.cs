using System.Collections.Immutable;

namespace Orchestrator.Node.Screens;

/// <summary>How the program in a pane's foreground is judged by its name.</summary>
public enum ProgramInForeground
{
    /// <summary>The program of the profile.</summary>
    Expected,

    /// <summary>A shell, which means that the program has exited.</summary>
    Shell,

    /// <summary>Anything else: something the program has started, perhaps.</summary>
    Other,
}

/// <summary>The values of <c>pane_current_command</c> by which a program is known.</summary>
/// <param name="Expected">Names of the program itself; empty if any name but a shell's is taken for it.</param>
/// <param name="Shells">Names that mean: the program has exited and a shell has the pane.</param>
public sealed record ProgramNames(ImmutableArray<string> Expected, ImmutableArray<string> Shells)
{
    /// <summary>Judges a name. A name in both lists is the program's.</summary>
    /// <param name="command">The value of <c>pane_current_command</c>; a login shell's leading dash is ignored.</param>
    public ProgramInForeground Judge(string command)
    {
        var name = command.TrimStart('-');
        if (Expected.Contains(name, StringComparer.Ordinal))
        {
            return ProgramInForeground.Expected;
        }

        return Shells.Contains(name, StringComparer.Ordinal) ? ProgramInForeground.Shell
            : Expected.IsEmpty ? ProgramInForeground.Expected
            : ProgramInForeground.Other;
    }
}
