using System.Collections.Immutable;
using System.Text.RegularExpressions;

using Orchestrator.Actors.Agents;

namespace Orchestrator.Node.Policies;

/// <summary>What a policy says to a dialog.</summary>
internal enum Verdict
{
    /// <summary>A person decides.</summary>
    Ask,

    /// <summary>It is permitted, once.</summary>
    Allow,

    /// <summary>It is refused.</summary>
    Deny,
}

/// <summary>What a policy says to a dialog, and by which of its rules.</summary>
/// <param name="Verdict">What it says.</param>
/// <param name="Rule">The rule, or why a person is asked.</param>
internal sealed record Judgement(Verdict Verdict, string Rule)
{
    public static Judgement Ask(string why) => new(Verdict.Ask, why);
}

/// <summary>Patterns for what a dialog is about: for commands or for files, as the kind of the dialog is.</summary>
internal sealed record SubjectPatterns(ImmutableArray<CommandPattern> Commands, ImmutableArray<PathPattern> Paths)
{
    /// <summary>The patterns as they were written.</summary>
    public ImmutableArray<string> Texts => [.. Commands.Select(static pattern => pattern.Text), .. Paths.Select(static pattern => pattern.Text)];

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => Commands.IsEmpty && Paths.IsEmpty;
}

/// <summary>What a policy says to one kind of dialog.</summary>
/// <param name="Allow">What is permitted.</param>
/// <param name="Deny">What is refused, whatever else permits it.</param>
/// <param name="Otherwise">What is said to everything else.</param>
internal sealed record KindRules(SubjectPatterns Allow, SubjectPatterns Deny, Verdict Otherwise);

/// <summary>Rules that a person wrote, by which dialogs are decided without one. A dialog that cannot be read whole is always left to a person.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kinds">The rules for each kind of dialog.</param>
/// <param name="Say">What an agent is told after a refusal; null for nothing.</param>
internal sealed record DialogPolicy(string Name, ImmutableDictionary<string, KindRules> Kinds, string? Say)
{
    /// <summary>What it says to a dialog.</summary>
    /// <param name="dialog">The dialog.</param>
    /// <param name="programs">The programs that the dialog itself says are in its command; empty if it says none.</param>
    /// <param name="folder">The folder in which the agent works.</param>
    public Judgement Judge(AgentDialog dialog, ImmutableArray<string> programs, string folder)
    {
        if (!Kinds.TryGetValue(dialog.Kind, out var rules))
        {
            return Judgement.Ask($"policy {Name} has no rules for dialogs of the kind {dialog.Kind}");
        }

        try
        {
            return dialog.Subject switch
            {
                null when rules.Allow.IsEmpty && rules.Deny.IsEmpty => Otherwise(dialog.Kind, rules),
                null => Judgement.Ask($"a dialog of the kind {dialog.Kind} shows nothing that the patterns of policy {Name} could be held against"),
                { Whole: false } => Judgement.Ask("what it is about cannot be read whole from the screen"),
                { Kind: SubjectKind.Command } subject when rules.Allow.Paths.IsEmpty && rules.Deny.Paths.IsEmpty => Command(dialog.Kind, rules, subject.Text, programs),
                { Kind: SubjectKind.Path } subject when rules.Allow.Commands.IsEmpty && rules.Deny.Commands.IsEmpty => File(dialog.Kind, rules, subject.Text, folder),
                _ => Judgement.Ask($"policy {Name} cannot judge what a dialog of the kind {dialog.Kind} is about"),
            };
        }
        catch (IOException e)
        {
            return Judgement.Ask($"where its file lies cannot be told: {e.Message}");
        }
        catch (RegexMatchTimeoutException e)
        {
            return Judgement.Ask($"the pattern {e.Pattern} of policy {Name} took longer than {e.MatchTimeout.TotalMilliseconds:0} ms");
        }
    }

    private Judgement Command(string kind, KindRules rules, string line, ImmutableArray<string> programs)
    {
        if (rules.Deny.Commands.FirstOrDefault(pattern => pattern.IsIn(line)) is { } found)
        {
            return new Judgement(Verdict.Deny, Rule(kind, "deny", found.Text));
        }

        if (!ShellCommand.TryRead(line, out var parts, out var why))
        {
            return rules.Otherwise == Verdict.Deny ? Otherwise(kind, rules) : Judgement.Ask(why!);
        }

        // What the program itself has understood of the command: if that differs, what stands on the screen is not what will run.
        if (programs.FirstOrDefault(program => parts.All(part => part.Words[0] != program)) is { } other)
        {
            return Judgement.Ask($"the program says that it would run {other}, which is not how its command reads");
        }

        if (rules.Deny.Commands.FirstOrDefault(pattern => parts.Any(pattern.Means)) is { } denied)
        {
            return new Judgement(Verdict.Deny, Rule(kind, "deny", denied.Text));
        }

        var allowed = parts.Select(part => rules.Allow.Commands.FirstOrDefault(pattern => pattern.Means(part))).ToList();
        return allowed.TrueForAll(static pattern => pattern is not null)
            ? new Judgement(Verdict.Allow, Rule(kind, "allow", string.Join(", ", allowed.Select(static pattern => pattern!.Text).Distinct())))
            : Otherwise(kind, rules);
    }

    private Judgement File(string kind, KindRules rules, string written, string folder)
    {
        if (written[0] == '~' || written.Any(char.IsControl))
        {
            return Judgement.Ask("its file name cannot be read whole from the screen");
        }

        var home = PathPattern.Canonical(Path.GetFullPath(folder));
        var literal = Path.GetFullPath(written, Path.GetFullPath(folder));
        var file = PathPattern.Canonical(literal);
        if (rules.Deny.Paths.FirstOrDefault(pattern => pattern.Means(home, file) || pattern.Means(Path.GetFullPath(folder), literal)) is { } denied)
        {
            return new Judgement(Verdict.Deny, Rule(kind, "deny", denied.Text));
        }

        return rules.Allow.Paths.FirstOrDefault(pattern => pattern.Means(home, file)) is { } allowed
            ? new Judgement(Verdict.Allow, Rule(kind, "allow", allowed.Text))
            : Otherwise(kind, rules);
    }

    private Judgement Otherwise(string kind, KindRules rules)
        => rules.Otherwise == Verdict.Ask ? Judgement.Ask($"no rule of policy {Name} is for it") : new Judgement(rules.Otherwise, Rule(kind, "else", rules.Otherwise.Words()));

    private string Rule(string kind, string list, string pattern) => $"policy {Name}: {kind}.{list} \"{pattern}\"";
}
